import { formatDuration } from '../../core/duration.ts'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import { formatCount, formatSpan } from '../../core/units.ts'
import { table, type TableColumn } from '../../reports/layout.ts'
import { visible } from '../../core/visible.ts'
import { isMissed, type IncidentScore, type Result } from './result.ts'
import type { Spread } from './score.ts'

/** A result for people. */
export function resultText(result: Result): string {
  const { incidents } = result
  const tables = incidents.length === 0 ? [] : [...counts(incidents), '', ...findings(incidents), '']
  return `${[...tables, ...summary(result)].join('\n')}\n`
}

/** How the lines of each incident were counted. */
function counts(incidents: readonly IncidentScore[]): string[] {
  const head = ['incident', 'at', 'bad lines', 'to count', 'found', 'missed', 'false', 'first', 'p50', 'p99']
  const rows = incidents.map(score => [
    score.incident,
    formatDuration(Math.round(score.at)),
    ...[score.bad, score.expected, score.found, score.missed, score.false].map(formatCount),
    ...[score.first, score.p50, score.p99].map(delayText)
  ])
  return table(head.map(columnOf), [head, ...rows], Infinity)
}

/** Which rules found them. */
function findings(incidents: readonly IncidentScore[]): string[] {
  const head = ['incident', 'at', 'found by', 'after']
  const rows = incidents.map(score => [
    score.incident,
    formatDuration(Math.round(score.at)),
    score.by ?? (isMissed(score) ? `MISSED by ${score.rules.join(', ')}` : 'need not be found'),
    score.after === undefined ? '-' : formatSpan(Math.max(SECOND_MS, score.after))
  ])
  return table(LEFT, [head, ...rows], Infinity)
}

function summary({ lasting, lines, incidents, falseAlerts, alerts, ...spreads }: Result): string[] {
  const needed = incidents.filter(({ rules }) => rules.length > 0)
  const found = needed.filter(one => !isMissed(one)).length
  const { lineToFiring, firingToMessage } = spreads
  return [
    ...(needed.length === 0 ? [] : [`rules found ${found} of ${needed.length} incidents`]),
    `${falseText(falseAlerts.length, alerts)}, in ${formatSpan(lasting)} and ${formatCount(lines)} lines`,
    ...falseAlerts.map(({ at, rule, summary }) =>
      visible(`  ${formatDuration(Math.round(at / SECOND_MS) * SECOND_MS)}  ${rule}  ${summary}`)
    ),
    ...spreadLine('from a line being written to an alert firing', lineToFiring),
    ...spreadLine('from firing to the message being accepted', firingToMessage)
  ]
}

function falseText(wrong: number, all: number): string {
  if (all === 0) return 'no alert fired'
  return `${wrong === 0 ? 'none' : formatCount(wrong)} of ${formatCount(all)} alerts was false`
}

const LEFT: readonly TableColumn[] = [
  { align: 'left' },
  { align: 'right' },
  { align: 'left' },
  { align: 'right' }
]

function columnOf(_: string, index: number): TableColumn {
  return { align: index === 0 ? 'left' : 'right' }
}

function spreadLine(what: string, spread: Spread | undefined): string[] {
  return spread ? [`${what}: p50 ${delayText(spread.p50)}, p99 ${delayText(spread.p99)}`] : []
}

function delayText(ms: Millis | undefined): string {
  return ms === undefined ? '-' : `${Math.round(ms)} ms`
}
