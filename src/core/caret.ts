import { VisorError, type ErrorCode } from './errors.ts'

/** What is wrong with a text that people write, and at which character (0-based). `withCaret` makes the user's error of it. */
export class TextProblem extends Error {
  readonly at: number
  constructor(message: string, at: number) {
    super(message)
    this.name = 'TextProblem'
    this.at = at
  }
}

/** The error for the user: what is wrong, the text, and a caret under the character. */
export function textError(code: ErrorCode, text: string, { message, at }: TextProblem): VisorError {
  const line = text.replaceAll(/[^\P{C}\t]/gu, '\ufffd')
  const margin = line.slice(0, at).replaceAll(/[^\t]/g, ' ')
  return new VisorError(code, `${message}\n${line}\n${margin}^`)
}

/** Runs `work` on a text. @throws VisorError with `code` where it throws a TextProblem */
export function withCaret<T>(code: ErrorCode, text: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof TextProblem ? textError(code, text, error) : error
  }
}
