import { describe, expect, it } from 'vitest'
import { keyOf, type SignalDelta, type EvidenceLine } from '../core/signal.ts'
import type { CellRows } from '../core/rows.ts'
import { SignalReader } from '../counting/signal-reader.ts'
import { chooseFormat } from '../reading/choose.ts'
import { NO_STATE } from '../scanner/index.ts'
import { QueueStream } from '../sources/queue.ts'
import { rulesFrom, Run, START } from './testing/run.ts'
import { Memory } from './memory.ts'
import { EVIDENCE_SIGNALS, evidenceOf } from './evidence.ts'
import { signalsOf, type Rule } from './rules/index.ts'

/** A minute of event time, and an hour before. */
const AT = 1_700_000_000
const NOW = AT * 1e6

const ruleFrom = (settings: object): Rule => {
  const [rule] = rulesFrom({ r: settings })
  if (!rule) throw new Error('no rule')
  return rule
}

/** So many lines of a key in the second before an event time (seconds after AT). */
const row = (metric: string, key: readonly string[], count: number, at = -1): CellRows => ({
  window: Math.floor(AT + at) * 1e6,
  source: 'web',
  metric,
  keys: [keyOf(key)],
  counts: Float64Array.of(count),
  sums: Float64Array.of(0),
  otherCount: 0,
  otherSum: 0,
  sketch: undefined
})

const line = (signal: string, key: readonly string[], text: string, at = -1): EvidenceLine => ({
  signal,
  key: keyOf(key),
  source: 'web',
  kind: 'access',
  time: (AT + at) * 1e6,
  text
})

function evidence(
  rule: Rule,
  rows: readonly CellRows[],
  lines: readonly EvidenceLine[] = [],
  key: readonly string[] = []
) {
  const memory = new Memory([...signalsOf(rule), ...EVIDENCE_SIGNALS])
  const delta: SignalDelta = { rows, lines, read: 0, counted: 0 }
  memory.add(delta)
  return evidenceOf(memory, rule, { key: keyOf(key), since: AT * 1000 - 2000 }, NOW)
}

const errors = { type: 'count', where: 'status:5xx', over: 5, window: '1m' }

describe('the evidence of an alert', () => {
  it('has the newest lines of its key', () => {
    const rule = ruleFrom({ ...errors, by: 'client' })
    const lines = Array.from({ length: 7 }, (_, i) => line('r', ['a'], `line ${i}`, i - 10))
    const other = line('r', ['b'], 'of another')
    const found = evidence(rule, [row('r', ['a'], 7), row('r', ['b'], 1)], [...lines, other], ['a'])
    expect(found.lines.map(({ text }) => text)).toEqual(['line 2', 'line 3', 'line 4', 'line 5', 'line 6'])
  })

  it('tells whose share grew, one of each field, the largest growth first', () => {
    const rule = ruleFrom(errors)
    const before = [
      row('r', [], 100, -400),
      row('r/client', ['old'], 90, -400),
      row('r/client', ['grown'], 10, -400),
      row('r/path', ['/a'], 60, -400),
      row('r/path', ['/b'], 40, -400),
      row('r/agent', ['curl'], 100, -400)
    ]
    const now = [
      row('r', [], 50),
      row('r/client', ['grown'], 40),
      row('r/client', ['old'], 10),
      row('r/path', ['/b'], 40),
      row('r/path', ['/a'], 10),
      row('r/agent', ['curl'], 50),
      row('r/vhost', ['shop'], 4)
    ]
    expect(evidence(rule, [...before, ...now]).shares).toEqual([
      { field: 'client', value: 'grown', now: 0.8, before: 0.1, count: 40 },
      { field: 'path', value: '/b', now: 0.8, before: 0.4, count: 40 }
    ])
  })

  it('of server errors has lines of the error log of the same clients and seconds', () => {
    const rows = [
      row('r', [], 10),
      row('r/client', ['a'], 10),
      row('visor/errors', ['a'], 2),
      row('visor/errors', ['b'], 1)
    ]
    const lines = [
      line('visor/errors', ['a'], 'of long before', -50),
      line('visor/errors', ['a'], 'of that second'),
      line('visor/errors', ['b'], 'of another client')
    ]
    expect(evidence(ruleFrom(errors), rows, lines).errors.map(({ text }) => text)).toEqual(['of that second'])
    expect(evidence(ruleFrom({ ...errors, where: 'status:404' }), rows, lines).errors).toEqual([])
  })

  it('finds them also where the client is the key', () => {
    const rule = ruleFrom({ ...errors, by: 'client' })
    const rows = [
      row('r', ['a'], 10),
      row('r', ['b'], 10, -30),
      row('visor/errors', ['a'], 1),
      row('visor/errors', ['b'], 1)
    ]
    const lines = [line('visor/errors', ['a'], 'of a'), line('visor/errors', ['b'], 'of b')]
    expect(evidence(rule, rows, lines, ['a']).errors.map(({ text }) => text)).toEqual(['of a'])
    expect(evidence(rule, rows, lines, ['b']).errors).toEqual([])
  })

  it('tells the last restart before it began, within an hour', () => {
    const restarts = (...times: readonly number[]) =>
      evidence(
        ruleFrom(errors),
        times.map(at => row('visor/restarts', [], 1, at)),
        times.map(at => line('visor/restarts', [], 'start', at))
      ).restart
    expect(restarts(-300, -42.5, 30)).toBe((AT - 42.5) * 1000)
    expect(restarts(-4000)).toBeUndefined()
    expect(restarts()).toBeUndefined()
  })
})

describe('restarts', () => {
  it.each([
    [
      'httpd',
      '[Tue Nov 14 22:13:20.000000 2023] [mpm_event:notice] [pid 7:tid 8] AH00489: Apache/2.4.66 (Debian) configured -- resuming normal operations'
    ],
    [
      'httpd 2.2',
      '[Tue Nov 14 22:13:20 2023] [notice] Apache/2.2.22 (Ubuntu) configured -- resuming normal operations'
    ],
    ['nginx', '2023/11/14 22:13:20 [notice] 7#7: using the "epoll" event method'],
    ['nginx, its workers', '2023/11/14 22:13:20 [notice] 7#7: start worker processes']
  ])('of %s are known by what it writes when it starts', (_, text) => {
    const stream = new QueueStream('errors', 'errors')
    stream.push(Buffer.from(`${text}\n`.repeat(3)))
    const chosen = chooseFormat(stream, undefined)
    if (!chosen || 'problem' in chosen) throw new Error(chosen?.problem)
    const reader = new SignalReader(
      'errors',
      EVIDENCE_SIGNALS,
      { choice: chosen.choice, scan: NO_STATE },
      { zone: 'UTC' }
    )
    const { lines } = reader.read(stream, { now: NOW, settled: () => true })
    expect(lines.filter(({ signal }) => signal === 'visor/restarts')).toHaveLength(3)
  })

  it('are shown with an alert that fires after one', () => {
    const run = new Run({ rules: { r: { window: '2s', over: 1 } } })
    const moment = START - 400_000
    const restart = { ...row('visor/restarts', [], 1), window: moment * 1000 }
    run.take({ rows: [restart], lines: [], read: 0, counted: 0 }, moment)
    for (const at of [1, 2]) run.lines('r', ['a'], at)
    expect(run.notifications[0]?.firing[0]?.evidence.restart).toBe(moment)
  })
})
