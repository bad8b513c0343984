import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { MINUTE, MINUTE_MS, SECOND } from '../../core/time.ts'
import type { EnginePlan } from '../../counting/plan.ts'
import { fileKind } from '../../sources/file/index.ts'
import { fileOptions } from '../../sources/file/options.ts'
import { embeddedKind } from '../embedded/index.ts'
import { areEqual, compareRuns, type Category } from './compare.ts'
import { contenderOf, EMBEDDED, runToEnd, slowClock, type Contender, type Ran } from './run.ts'

const folder = mkdtempSync(join(tmpdir(), 'visor-parity-'))
afterAll(() => rmSync(folder, { recursive: true }))

const LINES = Array.from(
  { length: 3000 },
  (_, i) =>
    `10.0.${i % 50}.${i % 7} - - [01/Jan/2026:00:0${i % 10}:01 +0000] "GET /${i % 900} HTTP/1.1" ${i % 11 ? 200 : 503} ${i}\n`
)
const access = join(folder, 'access.log')
writeFileSync(access, `${LINES.join('')}no line of a log\nthe end of the log is no whole line`)
const error = join(folder, 'error.log')
writeFileSync(
  error,
  '[Thu Jan 01 00:00:01.000000 2026] [core:error] [pid 1] it failed\n  here\n  and there\n'.repeat(50)
)

function planOf(...paths: readonly string[]): EnginePlan {
  return {
    name: 'parity',
    sources: paths.map(path => ({
      name: path,
      options: { type: 'file', ...fileOptions.parse({ path, poll: '10ms' }) },
      known: [],
      zone: 'UTC'
    })),
    window: 10 * SECOND,
    lateness: MINUTE,
    aging: true,
    country: true,
    limit: 1000,
    signals: []
  }
}

/** Runs over files; each is read to its end, as its last whole line has it. */
async function run(contender: Contender, paths: readonly string[] = [access, error]): Promise<Ran> {
  const ends = paths.map(async path => fileKind.ends?.(fileOptions.parse({ path })))
  const all = new Map((await Promise.all(ends)).flatMap(each => [...(each ?? [])]))
  const end = {
    progress: () => ({ done: 0, total: 0 }),
    reached: (positions: Iterable<{ name: string; position: { offset: number } }>) => {
      const places = new Map(Array.from(positions, ({ name, position }) => [name, position.offset]))
      return [...all].every(([name, { end }]) => (places.get(name) ?? 0) >= end)
    }
  }
  const { signal } = new AbortController()
  return runToEnd(contender, planOf(...paths), { now: Date.now(), end, signal, patience: 20_000 })
}

async function comparedWith(contender: Contender): Promise<Category[]> {
  const [a, b] = [await run(EMBEDDED), await run(contender)]
  expect([a.complete, b.complete]).toEqual([true, true])
  const lines = { a: true, b: contender.lines }
  return compareRuns(a.delivered, b.delivered, { limit: 1000, signals: [], lines })
}

/** The embedded engine with something wrong. */
function wrong(change: Partial<Contender>): Contender {
  return { ...EMBEDDED, ...change }
}

describe('a run to the end of its input', () => {
  it('reads all whole lines, those that may go on too', async () => {
    const { delivered, complete } = await run(EMBEDDED)
    expect({ complete, read: delivered.read, rejected: delivered.rejected.length }).toEqual({
      complete: true,
      read: 3001 + 50,
      rejected: 1
    })
  })

  it('is the same in threads', async () => {
    expect(areEqual(await comparedWith(contenderOf(embeddedKind, { type: 'embedded', threads: 2 })))).toBe(
      true
    )
  })

  it('shows what an engine lost', async () => {
    const losing = wrong({
      start: (plan, sink, events, clock) => {
        let lost = false
        const write: typeof sink.write = delivery => {
          const [first, ...others] = delivery.rejected
          if (!first || lost) return sink.write(delivery)
          lost = true
          return sink.write({ ...delivery, rejected: others })
        }
        return EMBEDDED.start(plan, { write }, events, clock)
      }
    })
    const found = (await comparedWith(losing)).filter(({ different }) => different > 0)
    expect(found).toEqual([
      {
        name: 'rejected lines',
        compared: 1,
        cut: 0,
        different: 1,
        differences: [
          {
            where: `${access} at byte ${LINES.join('').length}`,
            a: expect.stringMatching(/^column 9: .*: no line of a log$/)
          }
        ]
      }
    ])
  })

  it('ends with what the engine failed with', async () => {
    const failing = wrong({
      start: (plan, _sink, events, clock) =>
        EMBEDDED.start(plan, { write: () => Promise.reject(new Error('no room')) }, events, clock)
    })
    await expect(run(failing)).rejects.toThrow('no room')
  })

  it('gives up when nothing comes any more, and says that it is not complete', async () => {
    const { signal } = new AbortController()
    const end = { progress: () => ({ done: 0, total: 1 }), reached: () => false }
    const options = { now: 0, end, signal, patience: 300 }
    expect((await runToEnd(EMBEDDED, planOf(access), options)).complete).toBe(false)
  })
})

it('the clock of a run goes on within its minute', () => {
  const start = Date.UTC(2026, 0, 1, 12, 30)
  let passed = 0
  const clock = slowClock(start + 41_000, () => passed)
  expect(clock()).toBe(start + 1)
  passed = 9 * MINUTE_MS
  expect(clock()).toBe(start + 1 + 54_000)
})
