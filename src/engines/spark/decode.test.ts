import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CellRows } from '../../core/rows.ts'
import { NO_COUNTERS } from '../../core/source.ts'
import { MINUTE, SECOND } from '../../core/time.ts'
import { decodeAnswer } from './decode.ts'
import type { AnswerRow, Job, WorkerResult, WorkerTask } from './protocol.ts'
import { mergedRow, encodeResult } from './worker/encode.ts'

const job: Job = {
  plan: {
    name: 'test',
    sources: [],
    window: 10 * SECOND,
    lateness: MINUTE,
    aging: true,
    country: true,
    limit: 10,
    signals: []
  },
  events: true
}

const cells = fc
  .uniqueArray(
    fc.record({
      window: fc.integer({ min: 0, max: 2 }),
      metric: fc.constantFrom('path', 'client'),
      tallies: fc.dictionary(fc.string({ maxLength: 2 }), fc.nat(100), { maxKeys: 8 }),
      other: fc.nat(3)
    }),
    { maxLength: 4, selector: ({ window, metric }) => `${window} ${metric}` }
  )
  .map(all =>
    all.map(({ window, metric, tallies, other }): CellRows => ({
      window,
      source: 'web',
      metric,
      keys: Object.keys(tallies),
      counts: Float64Array.from(Object.values(tallies), count => count + 1),
      sums: Float64Array.from(Object.values(tallies)),
      otherCount: other,
      otherSum: other,
      sketch: undefined
    }))
  )

const results = fc.array(
  fc.record({
    rollup: cells,
    signals: cells,
    events: fc.array(fc.nat(5), { maxLength: 3 }),
    rejected: fc.nat(3)
  }),
  { minLength: 1, maxLength: 4 }
)

type Made = typeof results extends fc.Arbitrary<infer All> ? All : never

/** Tasks of one segment, and what came of them. */
function batchOf(made: Made): { tasks: WorkerTask[]; answers: WorkerResult[] } {
  const tasks = made.map((_, id): WorkerTask => {
    const from = { bytes: 100 }
    const segment = { source: 'web', stream: `s${id}`, name: 's', finished: false, replayable: true, from }
    return { id, name: `t${id}`, now: 0, segments: [{ ...segment, position: { offset: 0 } }] }
  })
  const answers = made.map(({ rollup, signals, events, rejected }, task): WorkerResult => {
    const parsed = events.reduce((sum, rows) => sum + rows, 0)
    const counters = { ...NO_COUNTERS, read: parsed + rejected, parsed, rejected, bytes: 50 + task }
    const [stream, name, source] = [`s${task}`, 's', 'web']
    const place = { source, stream, name, finished: false, position: { offset: 50 + task } }
    const rest = { kinds: [], closed: -Infinity, latest: 5, lines: [] }
    const lines = Array.from({ length: rejected }, (_, i) => ({
      stream,
      offset: i,
      bytes: Uint8Array.of(i, 0, 255),
      reason: 'expected "x"'
    }))
    return {
      task,
      segments: [{ place, consumed: 50 + task, counters, ...rest }],
      rollup,
      signals,
      evidence: [],
      rejected: lines,
      events: events.map(rows => ({
        source,
        kind: 'access',
        format: '%m',
        escapes: 'apache',
        rows,
        time: new Float64Array(rows),
        zone: new Int16Array(rows),
        flags: new Uint8Array(rows),
        numbers: new Map(),
        texts: new Map(),
        kept: new Map()
      }))
    }
  })
  return { tasks, answers }
}

const written = (answers: readonly WorkerResult[]): AnswerRow[] =>
  answers.flatMap(answer => encodeResult(job.plan, answer))

/** One row dropped, doubled, with a column of another row, or with a character that is another one. */
const mutation = fc.record({
  how: fc.constantFrom('dropped', 'doubled', 'swapped', 'flipped', 'cut'),
  row: fc.nat(),
  other: fc.nat(),
  column: fc.constantFrom('task', 'part', 'kind', 'payload'),
  at: fc.nat()
})

type Mutation = typeof mutation extends fc.Arbitrary<infer One> ? One : never

function mutated(rows: readonly AnswerRow[], { how, row: first, other, column, at }: Mutation): AnswerRow[] {
  const place = first % rows.length
  const row = rows[place]!
  const second = rows[other % rows.length]!
  const put = (...instead: AnswerRow[]): AnswerRow[] => rows.toSpliced(place, 1, ...instead)
  const { payload } = row
  const where = at % payload.length
  switch (how) {
    case 'dropped':
      return put()
    case 'doubled':
      return put(row, row)
    case 'swapped':
      return put({ ...row, [column]: second[column] }).with(
        rows.indexOf(second),
        rows.indexOf(second) === place ? { ...row } : { ...second, [column]: row[column] }
      )
    case 'flipped': {
      const flipped = payload[where] === 'A' ? 'B' : 'A'
      return put({ ...row, payload: payload.slice(0, where) + flipped + payload.slice(where + 1) })
    }
    default:
      return put({ ...row, payload: payload.slice(0, where) })
  }
}

const canonical = (rows: readonly AnswerRow[]): string[] => rows.map(row => JSON.stringify(row)).sort()

describe('the answer of a batch', () => {
  it('is what the tasks brought, in whatever order its rows come', () =>
    fc.assert(
      fc.property(results, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (made, order) => {
        const { tasks, answers } = batchOf(made)
        const rows = written(answers)
          .map(row => ({ row, at: order.next().value ?? 0 }))
          .sort((a, b) => a.at - b.at)
          .map(({ row }) => row)
        const decoded = decodeAnswer(job, tasks, rows)
        const brought = answers.map(({ rollup: _rollup, signals: _signals, ...rest }) => rest)
        expect('answer' in decoded ? decoded.answer.tasks : decoded.problem).toEqual(brought)
      })
    ))

  it('is refused when a row is missing, there twice, exchanged or garbled', () =>
    fc.assert(
      fc.property(results, mutation, (made, change) => {
        const { tasks, answers } = batchOf(made)
        const rows = written(answers)
        const other = mutated(rows, change)
        fc.pre(String(canonical(other)) !== String(canonical(rows)))
        expect(decodeAnswer(job, tasks, other)).toEqual({ problem: expect.any(String) })
      }),
      { numRuns: 400 }
    ))

  it('says what is wrong', () => {
    const { tasks, answers } = batchOf([{ rollup: [], signals: [], events: [2], rejected: 0 }])
    const rows = written(answers)
    const without = (kind: string): AnswerRow[] => rows.filter(row => row.kind !== kind)
    const problem = (all: readonly AnswerRow[]): unknown => decodeAnswer(job, tasks, all)
    expect(problem([])).toEqual({ problem: 'task 0: it has no closing row' })
    expect(problem(without('events'))).toEqual({ problem: 'task 0: its rows: there are 1 of 2' })
    expect(problem([...rows, { task: 7, part: 0, kind: 'end', payload: '' }])).toEqual({
      problem: 'there is a row of task 7, which was not asked for'
    })
  })
})

describe('merging', () => {
  it('gives the same in one place, and part by part before', () =>
    fc.assert(
      fc.property(
        results,
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom(3, 10_000),
        (made, parts, limit) => {
          const plan = { ...job.plan, limit }
          const { tasks, answers } = batchOf(made)
          const rows = answers.flatMap(answer => encodeResult(plan, answer, parts))
          const counts = Map.groupBy(
            rows.filter(({ kind }) => kind === 'counts'),
            ({ part }) => part
          )
          const merged = [
            ...rows.filter(({ kind }) => kind !== 'counts'),
            ...Array.from(counts, ([part, all]) => mergedRow(plan, part, all))
          ]
          const decode = (all: readonly AnswerRow[]): unknown => {
            const decoded = decodeAnswer({ ...job, plan }, tasks, all)
            return 'answer' in decoded ? cellsOf(decoded.answer.counts.rollup) : decoded
          }
          expect(decode(merged)).toEqual(decode(rows))
        }
      )
    ))
})

/** Cells in an order of their own, whatever order they and their keys are in. */
function cellsOf(rows: readonly CellRows[]): unknown {
  return rows
    .map(({ keys, counts, sums, ...row }) => ({
      ...row,
      keys: keys
        .map((key, i) => [key, counts[i], sums[i]])
        .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
    }))
    .sort((a, b) => a.window - b.window || (a.metric < b.metric ? -1 : 1))
}
