import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { formatFor } from '../formats/index.ts'
import { openDatabase } from './database.ts'
import { openStore } from './index.ts'
import { checkStore, salvageStore } from './salvage.ts'
import { STORE_MIGRATIONS } from './schema.ts'
import { select } from './sql.ts'
import { temporaryFolder, testDelivery } from './testing/samples.ts'
import { VERSION_1, writeDatabase } from './testing/version-1.ts'

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
    await writeDatabase(file, sql)
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
    await writeDatabase(file, VERSION_1)
    expect((await checkStore(file)).damage).toBeUndefined()
    expect((await salvageStore(file, 0)).tables).toContainEqual({ table: 'events', read: 1, lost: 0 })
    const { reader, close } = await openDatabase(file, '64MB')
    expect(await select(reader, 'select version, length(identity)::integer from state')).toEqual([
      [STORE_MIGRATIONS.length, 36]
    ])
    close()
  })
})

it('a file from before the first version is refused, by the doctor too, and left as it is', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'visor.duckdb')
  await writeDatabase(file, 'create table state(version integer); insert into state values (1)')
  const before = readFileSync(file)
  const refusal = { code: 'STORE_BROKEN', message: expect.stringContaining('before its first version') }
  await expect(openStore(folder.path, { formatFor })).rejects.toMatchObject(refusal)
  await expect(checkStore(file)).rejects.toMatchObject(refusal)
  expect(readFileSync(file)).toEqual(before)
})

it('a file of a newer Visor is refused, by the doctor too, and left as it is', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'visor.duckdb')
  await writeDatabase(
    file,
    `${VERSION_1}; update state set version = 99; alter table counters rename to newer`
  )
  const refusal = {
    code: 'NEWER_FILE',
    message: `the store ${file} is of a newer Visor (its version is 99, this one knows ${STORE_MIGRATIONS.length})`
  }
  await expect(openStore(folder.path, { formatFor })).rejects.toMatchObject(refusal)
  await expect(checkStore(file)).rejects.toMatchObject(refusal)
  await expect(salvageStore(file, 0)).rejects.toMatchObject(refusal)
  await writeDatabase(file, 'select * from newer')
})
