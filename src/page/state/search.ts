import { effect, signal } from '@preact/signals'
import { sumOfProgress, type AnswerProgress } from '../../core/answer.ts'
import type { Millis } from '../../core/time.ts'
import type { Summary } from '../../server/api-types.ts'
import type {
  CountAnswer,
  LineAnswer,
  LinesAnswer,
  SignaturesAnswer,
  TableAnswer
} from '../../store/questions/answers.ts'
import { layoutOf, laidOut } from '../format/buckets.ts'
import { addressed, keepAddress } from './address.ts'
import { getAnswer, type PageCall } from './ask.ts'
import { poll } from './poll.ts'
import { status } from './live.ts'
import { period, summary } from './summary.ts'

/** What is searched for in the chosen period; nothing while it is empty. It stands in the address (`?q=status:500`). */
export const searchQuery = signal(addressed('q') ?? '')

/** The field whose most frequent values are shown of the lines found. */
export const by = signal('client')

/** The lines that pass a query. */
export interface SearchResult {
  readonly query: string
  readonly by: string
  readonly period: Summary['period']
  readonly total: number
  /** Counts over time: the start of each bucket, and its lines. */
  readonly time: readonly Millis[]
  readonly counts: readonly number[]
  readonly bucket: Millis
  /** The newest lines, oldest first. */
  readonly lines: readonly LineAnswer[]
  /** When there are lines at all, where none were found. */
  readonly extent?: LinesAnswer['extent']
  /** Values of `by` and how many lines have them, the most frequent first. */
  readonly top: TableAnswer['rows']
}

const MAX_LINES = 50
const MAX_VALUES = 8
const MAX_SIGNATURES = 50

/** The lines found, kept up to date. */
export const found = poll<SearchResult>(() => {
  const frame = summary.value
  const [wanted, field] = [searchQuery.value.trim(), by.value]
  if (!frame || wanted === '') return undefined
  const range = rangeOf(frame)
  return {
    key: JSON.stringify([wanted, field, frame.period]),
    load: call => search(wanted, field, frame, range, call)
  }
})

/** The messages of error logs in the chosen period, kept up to date. */
export const messages = poll<SignaturesAnswer['signatures']>(() => {
  const frame = summary.value
  if (!frame?.metrics.some(({ details }) => details === 'signatures')) return undefined
  const range = rangeOf(frame)
  return {
    key: frame.period,
    load: async call => {
      const params = new URLSearchParams([...range, ['limit', String(MAX_SIGNATURES)]])
      return (await getAnswer<SignaturesAnswer>('signatures', params, call)).signatures
    }
  }
})

/** The address of a search in the chosen period. */
export function searchAddress(text: string): string {
  return `?${new URLSearchParams({ period: period.value, q: text }).toString()}`
}

/** Searches for something else, and goes where the answer is shown; the browser's way back leads to what was before. */
export function searchFor(text: string): void {
  history.pushState(null, '', searchAddress(text))
  searchQuery.value = text
  const panel = document.getElementById('search')
  panel?.focus({ preventScroll: true })
  panel?.scrollIntoView({ block: 'start' })
}

/** Keeps the address up to date. */
export function followQuery(): void {
  effect(() => keepAddress('q', searchQuery.value.trim() || undefined))
  addEventListener('popstate', () => (searchQuery.value = addressed('q') ?? ''))
}

type Range = readonly [name: string, value: string][]

/** The period, and the sources that are watched: the store may hold more. */
function rangeOf({ from, to }: Summary): Range {
  const sources = status.peek()?.sources ?? []
  return [
    ['from', String(from)],
    ['to', String(to)],
    ...sources.map(({ name }): [string, string] => ['sources', name])
  ]
}

async function search(
  wanted: string,
  field: string,
  frame: Summary,
  range: Range,
  { signal, onProgress }: PageCall
): Promise<SearchResult> {
  const parts = new Map<string, AnswerProgress>()
  const ask = <Answer>(path: string, more: Range): Promise<Answer> =>
    getAnswer<Answer>(path, new URLSearchParams([['where', wanted], ...range, ...more]), {
      signal,
      onProgress: progress => onProgress(sumOfProgress([...parts.set(path, progress).values()]))
    })
  const layout = layoutOf(frame, frame.timeline.time)
  const [{ counts }, { rows }, { lines, extent }] = await Promise.all([
    ask<CountAnswer>('count', [
      ['by', layout.step],
      ['zone', frame.zone ?? 'UTC']
    ]),
    ask<TableAnswer>('stats', [
      ['stats', `count by ${field}`],
      ['limit', String(MAX_VALUES)]
    ]),
    ask<LinesAnswer>('lines', [['limit', String(MAX_LINES)]])
  ])
  return {
    query: wanted,
    by: field,
    period: frame.period,
    total: counts.reduce((sum, { count }) => sum + count, 0),
    ...laidOut(layout, counts),
    bucket: layout.bucket,
    lines,
    ...(extent && { extent }),
    top: rows
  }
}
