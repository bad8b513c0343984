import errors from './errors.json' with { type: 'json' }

/**
 * Every error that a user can meet, with what to do about it; docs/errors.md is made from this list. `exit` is the code that
 * the command line ends with: 2 for what the user wrote, 1 for what happened.
 */
export const ERRORS = errors

export type ErrorCode = keyof typeof ERRORS

/** Whether a text is a code of ERRORS. */
export function isErrorCode(text: string | undefined): text is ErrorCode {
  return text !== undefined && Object.hasOwn(ERRORS, text)
}

/** An error for the user: what happened and where, with a code of ERRORS, which has what to do. */
export class VisorError extends Error {
  readonly code: ErrorCode
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'VisorError'
    this.code = code
  }
}

/** An error as plain data, to be sent to another thread: an Error object would lose its code on the way. */
export interface PlainError {
  /** `undefined` for an error that is not Visor's own. */
  readonly code: ErrorCode | undefined
  readonly message: string
}

export function plainError(error: unknown): PlainError {
  if (error instanceof VisorError) return { code: error.code, message: error.message }
  return { code: undefined, message: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}

/** The inverse of `plainError`. */
export function errorOf({ code, message }: PlainError): Error {
  return code ? new VisorError(code, message) : new Error(message)
}

/** The code of an error of the operating system (`ENOENT` and the like), or `undefined`. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
