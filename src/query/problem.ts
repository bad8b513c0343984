import { withCaret } from '../core/caret.ts'
import { VisorError } from '../core/errors.ts'

/** What is wrong with a query, and at which character (0-based). Stays inside this part. */
export class QueryProblem extends Error {
  readonly at: number
  constructor(message: string, at: number) {
    super(message)
    this.name = 'QueryProblem'
    this.at = at
  }
}

/** The error for the user: what is wrong, the query, and a caret under the character. */
export function queryError(text: string, at: number, message: string): VisorError {
  return new VisorError('QUERY', withCaret(message, text, at))
}

/** Runs `work` on a text; a problem becomes the error for the user. @throws VisorError QUERY */
export function withText<T>(text: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof QueryProblem ? queryError(text, error.at, error.message) : error
  }
}
