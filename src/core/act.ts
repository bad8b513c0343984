import type { Caller } from './caller.ts'
import type { Millis } from './time.ts'

/** Something that somebody did, or tried to: a line of the audit log. */
export interface Act {
  readonly at: Millis
  /** Such as `silence` or `token add`; of what was refused before it was known, the request. */
  readonly what: string
  /** Which alert, query, token, … */
  readonly about?: string
  /** Who; empty for somebody unknown. */
  readonly name: string
  readonly role?: Caller['role']
  /** An address, or `socket`. */
  readonly from: string
  readonly by?: Caller['by']
  readonly result: 'done' | 'refused' | 'failed'
  readonly why?: string
  /** How many of the same in a row, up to `at`; 1 when absent. */
  readonly times?: number
}

/** What is to be said of an act besides who did it, and when. */
export type ActOf = Pick<Act, 'what'> & Partial<Pick<Act, 'about' | 'result' | 'why'>>

/** Takes down what somebody did; never throws. `done` when no result is given. */
export type RecordAct = (caller: Caller, act: ActOf) => void

/** Does something, and takes down that it was done or why it failed. */
export async function recorded<T>(
  record: RecordAct,
  caller: Caller,
  act: ActOf,
  work: () => Promise<T>
): Promise<T> {
  try {
    const answer = await work()
    record(caller, act)
    return answer
  } catch (error) {
    record(caller, { ...act, result: 'failed', why: error instanceof Error ? error.message : String(error) })
    throw error
  }
}
