import { DuckDBInstance } from '@duckdb/node-api'

/** What a Visor of version 1 had in its file, with a line that it had counted; as it made it, not as this one does. */
export const VERSION_1 = `
create table state(version integer, commits bigint, committed timestamp, engine varchar, lines boolean);
insert into state values (1, 7, null, 'embedded', true);
create table sources(id smallint, name varchar);
insert into sources values (0, 'web');
create table formats(id smallint, kind varchar, text varchar);
insert into formats values (0, 'access', '%h');
create table fields(id smallint, type varchar, name varchar);
insert into fields values (0, 'text', 'line'), (1, 'text', 'client'), (2, 'metric', 'requests');
create table dictionary(field smallint, code integer, value varchar, raw blob);
insert into dictionary values (1, 1, '192.0.2.1', null), (2, 1, '', null);
create table events(
  time timestamp, zone smallint, source smallint, format smallint, flags utinyint, c0 integer, c1 integer default 0);
insert into events values (make_timestamp(1000000), 0, 0, 0, 0, 0, 1);
create table rollups(start bigint, tier utinyint, source smallint, metric smallint, key integer, count double, sum double);
insert into rollups values (0, 0, 0, 2, 1, 1, 0);
create table sketches(start bigint, tier utinyint, source smallint, metric smallint, sketch blob);
create table versions(metric varchar primary key, version varchar, earlier varchar, pending bigint);
create table outdated(metric varchar, source smallint, start bigint, version varchar);
create table positions(
  stream varchar primary key, source varchar, name varchar, position varchar, finished boolean, format varchar, updated timestamp);
insert into positions values ('s', 'web', 'a.log', '{"offset":10}', false, null, null);
create table counters(source varchar primary key, read double, parsed double, rejected double, late double, bytes double);
insert into counters values ('web', 1, 1, 0, 0, 10);
create table rejected(
  number bigint, time timestamp, source varchar, stream varchar, name varchar, "offset" double, reason varchar, line blob);
`

/** Makes a database of what some SQL says. */
export async function writeDatabase(file: string, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(file)
  const connection = await instance.connect()
  await connection.run(sql)
  connection.closeSync()
  instance.closeSync()
}
