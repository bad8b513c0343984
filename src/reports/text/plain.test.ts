import { describe, expect, it } from 'vitest'
import type { Analysis } from '../../core/analysis.ts'
import { addKey, ALL_TIME, cellOf, type Rollup } from '../../core/rollup.ts'
import { SECOND } from '../../core/time.ts'
import { METRICS } from '../../metrics/index.ts'
import { reportContents } from '../analyzed.ts'
import type { ReportContents } from '../contents.ts'
import { plainSummary } from './plain.ts'

/** How often each key of some metrics was counted, over 100 seconds with 400 lines. */
function contents(counts: Readonly<Record<string, Readonly<Record<string, number>>>>): ReportContents {
  const rollup: Rollup = new Map()
  for (const [metric, keys] of Object.entries(counts))
    for (const [key, count] of Object.entries(keys))
      addKey(cellOf(rollup, ALL_TIME, 'log', metric), key, count, 0)
  const counters = { read: 400, parsed: 400, rejected: 0, late: 0, bytes: 0 }
  const analysis: Analysis = { rollup, counters, files: [], from: 0, to: 100 * SECOND }
  return reportContents(analysis, METRICS, 10)
}

const CLIENTS = { '192.0.2.1': 200, '192.0.2.2': 100, '192.0.2.3': 50, '192.0.2.4': 40 }

describe('the summary of the first Visor', () => {
  it('has its numbers under its names', () => {
    const of = contents({
      status: { '200': 290, '404': 8, '500': 2 },
      client: CLIENTS,
      error_client: { '192.0.2.4': 9, '192.0.2.1': 1 }
    })
    expect(plainSummary(of)).toBe(`Basic:
  Log count:
  - 400
  Error count:
  - 10
  Error rate:
  - 3.3 %
Statistics:
  Log import rate:
  - 4.00 per sec
  Top ip addresses:
  - 192.0.2.1: 200
  - 192.0.2.2: 100
  - 192.0.2.3: 50
  Top error ip addresses:
  - 192.0.2.4: 9
  - 192.0.2.1: 1
`)
  })

  it('counts lines of the error log where there is one, without the lines that cannot be errors', () => {
    const text = plainSummary(
      contents({ level: { error: 5, crit: 1, warn: 4, notice: 10 }, client: CLIENTS })
    )
    expect(text).toContain('Error count:\n  - 6\n')
    expect(text).toContain('Error rate:\n  - 30.0 %\n')
    // Stores of before do not know whose the errors were.
    expect(text).toContain('Top error ip addresses:\n  - unknown\n')
    const named = plainSummary(
      contents({
        level: { error: 3, notice: 9 },
        level_client: { 'error 192.0.2.7': 2, 'crit 192.0.2.7': 1, 'notice 192.0.2.8': 9 },
        error_client: CLIENTS
      })
    )
    expect(named).toContain('Top error ip addresses:\n  - 192.0.2.7: 3\n')
    expect(named).not.toContain('192.0.2.8')
  })

  it('says what it does not know, and none where there is none', () => {
    expect(plainSummary(contents({}))).toContain('Error count:\n  - unknown\n  Error rate:\n  - unknown\n')
    expect(plainSummary(contents({ status: { '200': 4 } }))).toMatch(
      /Error count:\n {2}- 0\n {2}Error rate:\n {2}- 0\.0 %\n[^]*Top error ip addresses:\n {2}- none\n/
    )
  })

  it('names no address without details', () => {
    const text = plainSummary(contents({ status: { '404': 1 }, client: CLIENTS }), false)
    expect(text).not.toMatch(/192|addresses/)
    expect(text).toContain('Log import rate')
  })

  it('makes what a log holds harmless', () => {
    expect(plainSummary(contents({ client: { 'x\n.\r\n\u202e': 1 } }))).toContain('- x\\n.\\r\\n\\u202e: 1\n')
  })
})
