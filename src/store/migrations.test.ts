import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, it } from 'vitest'
import { formatFor } from '../formats/index.ts'
import { openDatabase } from './database.ts'
import { openStore } from './index.ts'
import { checkStore, salvageStore } from './salvage.ts'
import { STORE_MIGRATIONS } from './schema.ts'
import { select } from './sql.ts'
import { temporaryFolder, testDelivery } from './testing/samples.ts'

/** What a Visor of version 1 had in its file, with a line that it had counted; as it made it, not as this one does. */
const VERSION_1 = `
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

async function raw(file: string, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(file)
  const connection = await instance.connect()
  await connection.run(sql)
  connection.closeSync()
  instance.closeSync()
}

describe('a file of an older Visor', () => {
  it.each([
    ['version 1', VERSION_1],
    [
      'version 1 that had got later columns without being counted as a later one',
      `${VERSION_1}; alter table state add column identity varchar; update state set identity = 'it'`
    ]
  ])('%s becomes one of this, with all that is in it, and is written on', async (_, sql) => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'visor.duckdb')
    await raw(file, sql)
    const store = await openStore(folder.path, { formatFor })
    expect(store.identity).toMatch(/^(it|[\da-f-]{36})$/)
    expect(await store.positions({ source: 'web' })).toMatchObject([{ position: { offset: 10 } }])
    const counters = { read: 2, parsed: 2, rejected: 0, late: 0, bytes: 20 }
    await store.write(testDelivery({ counters }))
    expect((await store.counters()).get('web')).toEqual({ ...counters, read: 3, parsed: 3, bytes: 30 })
    expect((await store.info()).events).toBe(1)
    await store.close()
    const { reader, close } = await openDatabase(file, '64MB')
    expect(await select(reader, 'select version, commits::integer from state')).toEqual([
      [STORE_MIGRATIONS.length, 8]
    ])
    expect(await select(reader, 'select source from readings')).toEqual([['web']])
    close()
  })

  it('is looked through and saved by the doctor too', async () => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'visor.duckdb')
    await raw(file, VERSION_1)
    expect((await checkStore(file)).damage).toBeUndefined()
    expect((await salvageStore(file, 0)).tables).toContainEqual({ table: 'events', read: 1, lost: 0 })
    const { reader, close } = await openDatabase(file, '64MB')
    expect(await select(reader, 'select version, length(identity)::integer from state')).toEqual([
      [STORE_MIGRATIONS.length, 36]
    ])
    close()
  })
})

it('a file of a newer Visor is refused, by the doctor too, and left as it is', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'visor.duckdb')
  await raw(file, `${VERSION_1}; update state set version = 99; alter table counters rename to newer`)
  const refusal = {
    code: 'NEWER_FILE',
    message: `the store ${file} is of a newer Visor (its version is 99, this one knows ${STORE_MIGRATIONS.length})`
  }
  await expect(openStore(folder.path, { formatFor })).rejects.toMatchObject(refusal)
  await expect(checkStore(file)).rejects.toMatchObject(refusal)
  await expect(salvageStore(file, 0)).rejects.toMatchObject(refusal)
  await raw(file, 'select * from newer')
})
