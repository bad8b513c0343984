import errors from './errors.json' with { type: 'json' }
import refusals from './refusals.json' with { type: 'json' }

/**
 * Every error that a user can meet, with what to do about it; docs/errors.md is made from this list. `exit` is the code that
 * the command line ends with: 2 for what the user wrote, 1 for what happened. `general`: it has many causes, and where one is known,
 * what to do about that is said instead.
 */
export const ERRORS = errors

export type ErrorCode = keyof typeof ERRORS

/** Whether a text is a code of ERRORS. */
export function isErrorCode(text: string | undefined): text is ErrorCode {
  return text !== undefined && Object.hasOwn(ERRORS, text)
}

/** What else an error for the user may say. */
interface Details extends ErrorOptions {
  /** What to do in this very case. When not given, what is to be done about the cause of a general one, or else about its code. */
  readonly remedy?: string | undefined
}

/** An error for the user: what happened and where, with a code of ERRORS, and what to do. */
export class VisorError extends Error {
  readonly code: ErrorCode
  readonly remedy: string
  constructor(code: ErrorCode, message: string, { remedy, ...options }: Details = {}) {
    super(message, options)
    this.name = 'VisorError'
    this.code = code
    this.remedy = remedy ?? remedyBy(code, options.cause) ?? ERRORS[code].remedy
  }
}

/** An error as plain data, to be sent to another thread: an Error object would lose its code on the way. */
export interface PlainError {
  /** `undefined` for an error that is not Visor's own. */
  readonly code: ErrorCode | undefined
  readonly message: string
  readonly remedy?: string
}

export function plainError(error: unknown): PlainError {
  const known = knownError(error)
  if (known) return { code: known.code, message: known.message, remedy: known.remedy }
  return { code: undefined, message: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}

/** The inverse of `plainError`. */
export function errorOf({ code, message, remedy }: PlainError): Error {
  return code ? new VisorError(code, message, { remedy }) : new Error(message)
}

/** An error as one for the user, where it is: Visor's own, or what the operating system has refused; else `undefined`. */
export function knownError(error: unknown): VisorError | undefined {
  if (error instanceof VisorError) return error
  if (!(error instanceof Error) || (!refusalOf(error) && !('syscall' in error))) return undefined
  return new VisorError('SYSTEM', error.message, { cause: error })
}

/** What an operating system may refuse, by the name of the error: how libraries word it that do not pass on the name. */
export const REFUSALS: Readonly<Record<string, { readonly says?: string; readonly remedy: string }>> =
  refusals

function remedyBy(code: ErrorCode, cause: unknown): string | undefined {
  if (cause instanceof VisorError)
    return cause.code === code || ERRORS[code].general ? cause.remedy : undefined
  return ERRORS[code].general ? refusalOf(cause)?.remedy : undefined
}

function refusalOf(error: unknown): { readonly remedy: string } | undefined {
  if (!(error instanceof Error)) return undefined
  const code = systemCode(error) ?? ''
  const names = ['port' in error ? `${code} port` : '', code, /\bE[A-Z]{3,}\b/.exec(error.message)?.[0] ?? '']
  const named = names.find(name => Object.hasOwn(REFUSALS, name))
  if (named !== undefined) return REFUSALS[named]
  const text = error.message.toLowerCase()
  return Object.values(REFUSALS).find(({ says }) => says !== undefined && text.includes(says))
}

/** The code of an error of the operating system (`ENOENT` and the like), or `undefined`. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
