import type { Answers } from './ask.ts'
import type { Period, Status, Summary } from './contract.ts'

/** What the server shows: the rest of Visor, seen from here. */
export interface Dashboard {
  /** How things stand now. Called about four times a second while a page is open, so it must be cheap. */
  status(): Status
  /** The analysis of a period. Calls for the same period within a second are one call. */
  summary(period: Period): Promise<Summary>
  /** Answers about stored lines. Absent where there is no store. */
  readonly answers?: Answers
  /** Calls `listener` whenever `status()` has something new; the result ends that. */
  subscribe(listener: () => void): () => void
}
