import type { Period, SearchAnswer, Status, Summary } from './contract.ts'

/** What the server shows: the rest of Visor, seen from here. */
export interface Dashboard {
  /** How things stand now. Called about four times a second while a page is open, so it must be cheap. */
  status(): Status
  /** The analysis of a period. Calls for the same period within a second are one call. */
  summary(period: Period): Promise<Summary>
  /** Lines whose path matches `pattern` (`*` is any text), by hour. Absent where there is no store. */
  search?(pattern: string): Promise<SearchAnswer>
  /** Calls `listener` whenever `status()` has something new; the result ends that. */
  subscribe(listener: () => void): () => void
}
