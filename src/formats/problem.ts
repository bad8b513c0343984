import { withCaret } from '../core/caret.ts'
import { VisorError } from '../core/errors.ts'

/** What is wrong with a format string, and at which character (0-based). Stays inside this part. */
export class FormatProblem extends Error {
  readonly at: number
  constructor(message: string, at: number) {
    super(message)
    this.name = 'FormatProblem'
    this.at = at
  }
}

/** The error for the user: what is wrong, the string, and a caret under the character. */
export function formatError(text: string, at: number, message: string): VisorError {
  return new VisorError('FORMAT', withCaret(message, text, at))
}
