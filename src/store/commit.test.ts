import { join } from 'node:path'
import { expect, it } from 'vitest'
import { appendEntries } from './commit.ts'
import { openDatabase } from './database.ts'
import { select } from './sql.ts'
import { temporaryFolder } from './testing/samples.ts'

it('a value of a mebibyte before many short ones takes no more memory to read than it is long', async () => {
  using folder = temporaryFolder()
  const { writer, close } = await openDatabase(join(folder.path, 'visor.duckdb'), '300MB')
  await writer.run(
    'create or replace table dictionary(field smallint, code integer, value varchar, raw blob)'
  )
  const long = new Uint8Array(1 << 20).fill(0xff)
  await appendEntries(writer, [{ field: 1, code: 1, value: 'long', raw: long }])
  for (let batch = 0; batch < 2; batch++)
    await appendEntries(
      writer,
      Array.from({ length: 500 }, (_, i) => ({ field: 1, code: 2 + i, value: `v${i}`, raw: undefined }))
    )
  await writer.run('checkpoint')
  expect(await select(writer, 'select sum(octet_length(raw))::integer from dictionary')).toEqual([[1 << 20]])
  close()
})
