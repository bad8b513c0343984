import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { sparkMissing, sparkServer } from '../../../test/spark.ts'
import { numberedLine } from '../../../test/torture/numbers.ts'
import { ranked, type Rollup } from '../../core/rollup.ts'
import { addRows } from '../../core/rows.ts'
import { HOUR, MINUTE, SECOND } from '../../core/time.ts'
import type { TaskInput } from './cluster.ts'
import type { BatchAnswer, Job } from './protocol.ts'
import { SessionCluster } from './session-cluster.ts'
import { sparkKind } from './index.ts'
import { sparkOptions } from './options.ts'
import { Workers } from './workers.ts'
import { manifestPosition } from './archive/manifest.ts'
import { LocalCluster } from './testing/local-cluster.ts'

const missing = sparkMissing === undefined ? '' : `: skipped, ${sparkMissing}`
const JOB: Job = {
  plan: {
    name: '',
    sources: [
      { name: 'web', options: { type: 'file', path: '/x' }, known: [], format: 'common', zone: 'UTC' }
    ],
    window: 10 * SECOND,
    lateness: MINUTE,
    aging: true,
    country: false,
    limit: 300,
    signals: []
  },
  events: false
}

/** A batch of so many tasks, each with a stream of its own; some keys are in all of them. */
function tasksOf(count: number, batch: number): TaskInput[] {
  return Array.from({ length: count }, (_, id) => {
    const lines = Array.from({ length: 200 }, (_, i) => numberedLine(i % 2 === 0 ? i : i + 1000 * id, 0))
    const data = Buffer.from(lines.join(''))
    const segment = {
      source: 'web',
      stream: `stream ${id}`,
      name: `/log/${id}`,
      finished: false,
      replayable: true,
      position: { offset: 0 },
      from: { bytes: data.length }
    }
    return { task: { id, name: `${batch}.${id}`, now: Date.now(), segments: [segment] }, data }
  })
}

/** All cells with their keys, largest first. */
function cellsOf({ counts }: BatchAnswer): unknown[] {
  const rollup: Rollup = addRows(new Map(), counts.rollup)
  return [...rollup.values()]
    .map(cell => ({
      metric: cell.metric,
      window: Math.floor(cell.window / HOUR),
      keys: ranked(cell),
      other: cell.other
    }))
    .toSorted((a, b) => (`${a.metric} ${a.window}` < `${b.metric} ${b.window}` ? -1 : 1))
}

describe('a Node for executors', () => {
  it('is what their kit is packed with, wherever one is needed', async () => {
    const spark = { connect: 'sc://127.0.0.1:1', node: '/nowhere/node', identity: '0' }
    const { signal } = new AbortController()
    const missing = { code: 'FILE_MISSING', message: '/nowhere/node, the Node for executors, does not exist' }
    const cluster = new SessionCluster({ ...spark, job: JOB, clock: Date.now })
    await expect(cluster.run([], 1000, signal)).rejects.toMatchObject(missing)
    await expect(Workers.open({ ...spark, purpose: 'test', signal })).rejects.toMatchObject(missing)
    const archive = { path: '/archive' }
    const options = sparkOptions.parse({ connect: spark.connect, node: spark.node, archive })
    const segments = [{ folder: 'a', level: 0, day: 1 }]
    const { stream: id, ...manifest } = manifestPosition({ next: 1, segments, freed: [] })
    const store = { identity: '0', positions: async () => [{ ...manifest, id }] }
    const search = sparkKind.archive?.(options, store)
    await expect(search?.count({})).rejects.toMatchObject(missing)
    const events = { progress() {}, state() {}, problem() {}, failed() {} }
    const started = sparkKind.start(options, JOB.plan, undefined, events, { clock: Date.now, identity: '0' })
    await expect(started).rejects.toMatchObject(missing)
  })
})

describe.skipIf(sparkMissing !== undefined)(`batches in a session of Spark${missing}`, () => {
  it(
    'bring what they bring in this process, added up on the executors or not',
    { timeout: 300_000 },
    async () => {
      const { connect } = await sparkServer()
      const signal = new AbortController().signal
      const cluster = new SessionCluster({
        connect,
        identity: randomUUID(),
        job: JOB,
        clock: Date.now,
        mergeBytes: 1
      })
      const local = new LocalCluster(JOB)
      try {
        for (const [batch, count] of [1, 5, 5, 2].entries()) {
          const tasks = tasksOf(count, batch)
          const answer = await cluster.run(tasks, 60_000, signal)
          const expected = await local.run(tasks, 60_000, signal)
          expect(cellsOf(answer)).toEqual(cellsOf(expected))
          expect(answer.tasks).toEqual(expected.tasks)
        }
        expect(cluster.facts).toMatchObject({ name: expect.stringMatching(/^Spark 4\./), cores: 2 })
      } finally {
        await cluster.close()
      }
    }
  )
})
