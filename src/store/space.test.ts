import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { DAY, HOUR, toMillis } from '../core/time.ts'
import { mayMount, Tmpfs } from '../system/testing/tmpfs.ts'
import { backup } from './backup.ts'
import { Maintenance } from './maintenance.ts'
import { checkStore } from './salvage.ts'
import { bytesOf } from './space.ts'
import { select } from './sql.ts'
import { temporaryFolder, testDelivery } from './testing/samples.ts'
import { Writer } from './writer.ts'

const DAYS = 20
/** Lines of a day, and numbers of each that no compression makes small. */
const [LINES, VALUES] = [60_000, 8]
const RANDOM = Array(VALUES).fill('random()').join()
const NOW = DAYS * DAY
const OPTIONS = { memory: '512MB', commitInterval: 20, commitRows: 1e6, now: () => toMillis(NOW) }

/** A store with lines of twenty days, 4 MB or so a day. */
async function filled(folder: string): Promise<Writer> {
  const writer = await Writer.open(join(folder, 'visor.duckdb'), OPTIONS, () => undefined)
  await writer.exclusively(async ({ writer }) => {
    await writer.run("insert into sources values (0, 'web')")
    for (let i = 1; i <= VALUES; i++) {
      await writer.run(`insert into fields values (${i}, 'number', 'v${i}')`)
      await writer.run(`alter table events add column c${i} double`)
    }
    for (let day = 0; day < DAYS; day++)
      await writer.run(
        `insert into events select make_timestamp(${day}::bigint * ${DAY} + range * ${DAY} // ${LINES}), 0, 0, 0, 0, 0, ${RANDOM}
         from range(${LINES})`
      )
    await writer.run('checkpoint')
  })
  return writer
}

const linesOf = async (writer: Writer): Promise<unknown[]> => {
  const { reader } = await writer.opened()
  const [row] = await select(
    reader,
    'select count(*)::double, floor(epoch_us(min(time)) / 86400000000)::double from events'
  )
  return row ?? []
}

describe('the size of a store', () => {
  it('goes down on the disk when lines have grown old, while it is asked and written', async () => {
    using folder = temporaryFolder()
    const writer = await filled(folder.path)
    const before = bytesOf(writer.database.file)
    const asked = writer.reading(({ reader }) => select(reader, 'select sum(c1) from events'))
    const written = writer.write(testDelivery({}))
    await new Maintenance(writer, 4 * DAY).run(NOW)
    expect(await asked).toHaveLength(1)
    await written
    // Counted back from the newest line.
    expect(await linesOf(writer)).toEqual([4 * LINES + 1, 15])
    expect(bytesOf(writer.database.file)).toBeLessThan(before / 3)
    expect(readdirSync(folder.path).filter(name => name.includes('.new'))).toEqual([])
    await writer.close()
  })

  it('is tidied up while the file is rewritten for another reason', async () => {
    using folder = temporaryFolder()
    const writer = await filled(folder.path)
    const maintenance = new Maintenance(writer, 365 * DAY)
    const shrunk = writer.shrink()
    // The database is closed by then.
    while (!readdirSync(folder.path).some(name => name.includes('.new'))) await nextTurn()
    await maintenance.run(NOW)
    await shrunk
    await writer.close()
  })

  it('stays within what it may be: the oldest lines go', async () => {
    using folder = temporaryFolder()
    const writer = await filled(folder.path)
    const most = 20e6
    await new Maintenance(writer, 1000 * DAY, most).run(NOW)
    expect(bytesOf(writer.database.file)).toBeLessThan(most * 1.1)
    const [count, first] = await linesOf(writer)
    expect(count).toBeGreaterThan(LINES)
    expect(first).toBeGreaterThan(10)
    const [newest] = await select(
      (await writer.opened()).reader,
      'select epoch_us(max(time))::double from events'
    )
    expect(newest?.[0]).toBeGreaterThan(NOW - HOUR)
    await writer.close()
  })

  it.skipIf(!mayMount)(
    'stays as it is where there is no room for the new file; the store goes on',
    async () => {
      using disk = new Tmpfs('300m')
      const writer = await filled(disk.path)
      await writer.exclusively(({ writer }) =>
        writer.run(`delete from events where time < make_timestamp(${DAY})`)
      )
      disk.fill()
      await expect(writer.shrink()).rejects.toMatchObject({
        code: 'DISK_FULL',
        message: expect.stringMatching(
          `cannot be rewritten: that takes .*B, and the disk of ${disk.path} \\(mount point ${disk.path}\\) has .*B free$`
        )
      })
      expect((await linesOf(writer))[0]).toBe(19 * LINES)
      await writer.close()
    }
  )
})

it('a backup is the store at one moment, however much is written meanwhile', async () => {
  using folder = temporaryFolder()
  const writer = await filled(folder.path)
  const counters = { read: 1, parsed: 1, rejected: 0, late: 0, bytes: 1 }
  let going = true
  const writing = (async () => {
    for (; going;) {
      await writer.write(testDelivery({ counters }))
      await writer.exclusively(({ writer }) =>
        writer.run(`insert into events select make_timestamp(0), 0, 0, 0, 0, 0, ${RANDOM} from range(1000)`)
      )
    }
  })()
  const to = join(folder.path, 'copy.duckdb')
  const bytes = await backup(writer, to)
  going = false
  await writing
  expect(statSync(to).size).toBe(bytes)
  expect((await checkStore(to)).damage).toBeUndefined()
  const copy = await Writer.open(to, OPTIONS, () => undefined)
  const state = 'select (select commits from state)::double, (select coalesce(sum(read), 0) from counters)'
  const [row] = await select(copy.database.reader, state)
  expect(row?.[0]).toBe(row?.[1])
  await copy.close()
  // Checkpoints are as they were.
  const { reader } = writer.database
  expect(await select(reader, "select current_setting('checkpoint_threshold')")).toEqual([['61.0 MiB']])
  await writer.close()
})

it.skipIf(!existsSync('/proc/locks'))(
  'a backup leaves the lock that keeps others out of the store',
  async () => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'visor.duckdb')
    const writer = await Writer.open(file, OPTIONS, () => undefined)
    const isLocked = (): boolean =>
      readFileSync('/proc/locks', 'utf8').includes(`:${statSync(file).ino} 0 EOF`)
    expect(isLocked()).toBe(true)
    await backup(writer, join(folder.path, 'copy.duckdb'))
    expect(isLocked()).toBe(true)
    await writer.close()
    expect(isLocked()).toBe(false)
  }
)
