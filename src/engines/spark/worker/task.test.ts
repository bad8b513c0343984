import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareRuns } from '../../parity/compare.ts'
import { readByTasks, readDirectly, type Run } from '../testing/arrivals.ts'
import {
  arrivalsOf,
  jobOf,
  randomCuts,
  randomLogs,
  randomSettings,
  streamsIn,
  timedLogs,
  type Settings
} from '../testing/logs.ts'

const RUNS = Number(process.env['RUNS'] ?? 50)

/** In what two runs differ. */
function differences(a: Run, b: Run, { limit, signals, events }: Settings): unknown {
  const options = { limit, signals, lines: { a: true, b: events } }
  return compareRuns(a.delivered, b.delivered, options).filter(({ different }) => different > 0)
}

describe('tasks of a worker', () => {
  it('count, reject, keep and show what one reader does at the same moments, and come to the same place', async () => {
    await fc.assert(
      fc.asyncProperty(randomLogs, randomCuts, randomSettings, async (log, cuts, settings) => {
        const [job, streams, arrivals] = [
          jobOf(log, settings),
          streamsIn(log, settings),
          arrivalsOf(log, cuts)
        ]
        const direct = readDirectly(job, streams, arrivals)
        const tasks = await readByTasks(job, streams, arrivals)
        expect(differences(direct, tasks, settings)).toEqual([])
        expect(tasks.states).toEqual(
          direct.states.map(({ position, format, held, last }) => ({
            position,
            ...(format && { format }),
            ...(held && { held }),
            ...(last !== undefined && { last })
          }))
        )
        expect(tasks.shown).toEqual(direct.shown)
      }),
      { numRuns: RUNS }
    )
  })

  it('count, reject and keep what one reader does that gets all at once, however a log is cut', async () => {
    await fc.assert(
      fc.asyncProperty(timedLogs, randomCuts, randomSettings, async (log, cuts, settings) => {
        const [job, streams] = [jobOf(log, settings), streamsIn(log, settings)]
        const direct = readDirectly(job, streams, arrivalsOf(log, { arrivals: [] }, true))
        const tasks = await readByTasks(job, streams, arrivalsOf(log, cuts, true))
        expect(differences(direct, tasks, settings)).toEqual([])
      }),
      { numRuns: RUNS }
    )
  })

  it('keep totals and the largest keys where keys are cut', async () => {
    await fc.assert(
      fc.asyncProperty(timedLogs, randomCuts, randomSettings, fc.nat(4), async (log, cuts, given, limit) => {
        const settings = { ...given, limit: limit + 1 }
        const [job, streams] = [jobOf(log, settings), streamsIn(log, settings)]
        const direct = readDirectly(job, streams, arrivalsOf(log, { arrivals: [] }, true))
        const tasks = await readByTasks(job, streams, arrivalsOf(log, cuts, true))
        expect(differences(direct, tasks, settings)).toEqual([])
      }),
      { numRuns: RUNS }
    )
  })
})
