import { ERRORS, VisorError, type ErrorCode } from './errors.ts'

/** What is wrong with a text that people write, and at which character (0-based). `withCaret` makes the user's error of it. */
export class TextProblem extends Error {
  readonly at: number
  constructor(message: string, at: number) {
    super(message)
    this.name = 'TextProblem'
    this.at = at
  }
}

/** So much of a long text is shown on either side of the caret. */
const SHOWN = 60

/** The error for the user: what is wrong, the text or the part of it where that is, and a caret under the character. */
export function textError(code: ErrorCode, text: string, { message, at }: TextProblem): VisorError {
  const from = at > 2 * SHOWN ? at - SHOWN : 0
  const to = text.length > at + 2 * SHOWN ? at + SHOWN : text.length
  const line = text.slice(from, to).replaceAll(/[^\P{C}\t]/gu, '\ufffd')
  const margin = line.slice(0, at - from).replaceAll(/[^\t]/g, ' ')
  const [before, after] = [from > 0 ? '…' : '', to < text.length ? '…' : '']
  return new VisorError(code, `${message}\n${before}${line}${after}\n${before && ' '}${margin}^`, {
    remedy: `The caret marks the character; ${ERRORS[code].remedy}`
  })
}

/** Runs `work` on a text. @throws VisorError with `code` where it throws a TextProblem */
export function withCaret<T>(code: ErrorCode, text: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof TextProblem ? textError(code, text, error) : error
  }
}
