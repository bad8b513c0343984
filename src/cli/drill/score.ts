import { formatDuration } from '../../core/duration.ts'
import { formatCount } from '../../reports/units.ts'
import type { Expected } from './tally.ts'

/** How the monitor did at one incident. */
export interface Score {
  readonly incident: string
  /** Milliseconds from the start. */
  readonly at: number
  readonly query: string
  /** Lines of the incident itself, and all that pass its query in its time. */
  readonly bad: number
  readonly expected: number
  readonly found: number
  readonly missed: number
  readonly false: number
  /** Milliseconds from being written to being counted; absent where there was no bad line. */
  readonly first?: number
  readonly p50?: number
  readonly p99?: number
}

/** The score of an incident of which the monitor counted so many lines. */
export function scoreOf({ planned, count, bad, delays }: Expected, counted: number): Score {
  const { options, incident } = planned
  const sorted = delays.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0
  return {
    incident: options.type,
    at: options.at,
    query: incident.query,
    bad,
    expected: count,
    found: Math.min(counted, count),
    missed: Math.max(0, count - counted),
    false: Math.max(0, counted - count),
    ...(delays[0] !== undefined && { first: delays[0], p50: at(0.5), p99: at(0.99) })
  }
}

/** All scores as a table. */
export function scoreTable(scores: readonly Score[]): string {
  const head = ['incident', 'at', 'bad lines', 'to count', 'found', 'missed', 'false', 'first', 'p50', 'p99']
  const rows = scores.map(score => [
    score.incident,
    formatDuration(score.at),
    ...[score.bad, score.expected, score.found, score.missed, score.false].map(formatCount),
    ...[score.first, score.p50, score.p99].map(delayText)
  ])
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map(row => row[i]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')
  return `${[head, ...rows].map(line).join('\n')}\n`
}

function delayText(ms: number | undefined): string {
  return ms === undefined ? '-' : `${Math.round(ms)} ms`
}
