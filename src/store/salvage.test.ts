import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openDatabase } from './database.ts'
import { checkStore, salvageStore } from './salvage.ts'
import { select } from './sql.ts'
import { temporaryFolder } from './testing/samples.ts'

const NOW = Date.UTC(2026, 10, 30, 12, 15)

/** Makes a store with so many lines whose texts have these codes, and closes it. */
async function made(folder: string, lines = 300_000): Promise<string> {
  const file = join(folder, 'visor.duckdb')
  const { writer, close } = await openDatabase(file, '256MB')
  await writer.run("insert into fields values (1, 'text', 'path'), (2, 'metric', 'path')")
  await writer.run('alter table events add column c1 integer default 0')
  await writer.run('insert into dictionary select 1, range + 1, md5(range::varchar), null from range(200000)')
  await writer.run('insert into dictionary select 2, range + 1, md5(range::varchar), null from range(200000)')
  await writer.run(
    `insert into events select make_timestamp(range * 1000000), 0, 0, 0, 0, 0, 1 + range % 200000 from range(${lines})`
  )
  await writer.run(`insert into rollups select range, 0, 0, 2, 1 + range % 200000, 1, 0 from range(${lines})`)
  await writer.run("insert into positions values ('a', 'web', 'a.log', '{}', false, null, null)")
  await writer.run(`insert into counters values ('web', ${lines}, ${lines}, 0, 0, 0)`)
  await writer.run('checkpoint')
  close()
  return file
}

function overwrite(file: string, at: number, length: number, byte = 0): void {
  const opened = openSync(file, 'r+')
  writeSync(opened, Buffer.alloc(length, byte), 0, length, at)
  closeSync(opened)
}

/** Stores something more, of which only the log of changes knows when the process is killed, and damages that. */
async function damageLog(file: string): Promise<void> {
  const { writer, close } = await openDatabase(file, '256MB')
  await writer.run('insert into counters select range, 1, 1, 1, 1, 1 from range(1000)')
  const [before, log] = [readFileSync(file), readFileSync(`${file}.wal`)]
  close()
  writeFileSync(file, before)
  writeFileSync(`${file}.wal`, log.fill(0xa5, 100, 110))
}

const value = async (file: string, sql: string): Promise<number> => {
  const { reader, close } = await openDatabase(file, '256MB')
  const [row] = await select(reader, sql)
  close()
  return Number(row?.[0])
}

describe('a store', () => {
  it('that is in order is said to be', async () => {
    using folder = temporaryFolder()
    const file = await made(folder.path, 1000)
    const { tables, damage } = await checkStore(file)
    expect(damage).toBeUndefined()
    expect(tables).toContainEqual({ table: 'events', read: 1000, lost: 0 })
    expect(readdirSync(folder.path)).toEqual(['visor.duckdb'])
  })

  it('with a damaged block keeps all other rows; codes without a text stand for nothing', async () => {
    using folder = temporaryFolder()
    const file = await made(folder.path)
    // Blocks of 256 kB after the head: dictionaries, the largest, come first.
    overwrite(file, 12_288 + 262_144 * 3 + 1000, 262_144, 0xa5)
    const { damage } = await checkStore(file)
    expect(damage).toMatch(/^[\d,]+ rows of \w+(, [\d,]+ rows of \w+)* cannot be read$/)
    const { aside, tables = [] } = await salvageStore(file, NOW)
    expect(aside).toBe(`${file}.damaged-20261130T121500Z`)
    expect(readdirSync(folder.path).toSorted()).toEqual([
      'visor.duckdb',
      'visor.duckdb.damaged-20261130T121500Z'
    ])
    const lost = tables.filter(({ lost }) => lost > 0)
    expect(lost.length).toBeGreaterThan(0)
    for (const { table, read } of tables)
      expect(await value(file, `select count(*) from ${table}`)).toBe(read)
    const unnamed =
      'select count(*) from events where c1 <> 0 and c1 not in (select code from dictionary where field = 1)'
    expect(await value(file, unnamed)).toBe(0)
    expect((await checkStore(file)).damage).toBeUndefined()
  })

  it.each<[string, (file: string) => Promise<void> | void, number | undefined]>([
    ['with a zeroed head', (file: string) => overwrite(file, 0, 4096), 1000],
    ['with a damaged log of changes', damageLog, 1000],
    ['of zeros alone at its head', (file: string) => overwrite(file, 0, 12_288), undefined],
    ['that was cut', (file: string) => truncateSync(file, statSync(file).size / 2), undefined],
    ['that is another file', (file: string) => writeFileSync(file, 'hello'), undefined],
    ['that is empty', (file: string) => truncateSync(file), undefined]
  ])('%s is saved as far as it can be', async (_, damage, lines) => {
    using folder = temporaryFolder()
    const file = await made(folder.path, 1000)
    await damage(file)
    expect((await checkStore(file)).damage).toMatch(/^it is damaged \(/)
    const { aside, tables, without } = await salvageStore(file, NOW)
    expect(existsSync(aside)).toBe(true)
    expect(tables?.find(({ table }) => table === 'events')?.read).toBe(lines)
    expect(existsSync(file)).toBe(lines !== undefined)
    expect(without).toBe(lines === undefined ? undefined : 'what was stored since the last checkpoint')
    if (lines !== undefined) expect(await value(file, 'select count(*) from positions')).toBe(1)
  })
})
