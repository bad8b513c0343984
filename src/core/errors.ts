/**
 * Every error that a user can meet, with what to do about it. docs/errors.md is made from this list.
 * `exit` is the code that the command line ends with.
 */
export const ERRORS = {
  USAGE: { exit: 2, meaning: 'The command line is wrong.', remedy: 'See `visor COMMAND --help`.' },
  CONFIG: {
    exit: 2,
    meaning: 'The configuration is wrong.',
    remedy: 'Mend the named line; `visor check` tries it without starting anything.'
  },
  FORMAT: {
    exit: 2,
    meaning: 'A format string cannot be read.',
    remedy: 'The caret marks the character; docs/formats.md lists the directives.'
  },
  QUERY: {
    exit: 2,
    meaning: 'A query cannot be read.',
    remedy: 'The caret marks the character; docs/query.md has the syntax.'
  },
  FORMAT_UNKNOWN: {
    exit: 1,
    meaning: 'The first lines follow no format that Visor knows.',
    remedy: "Name it with `--format`, or paste the server's LogFormat string there."
  },
  FILE_MISSING: { exit: 1, meaning: 'A named file does not exist.', remedy: 'Check the path.' },
  FILE_UNREADABLE: {
    exit: 1,
    meaning: 'A file cannot be opened or read.',
    remedy: 'Check its permissions; web logs are often readable by root and the group adm only.'
  },
  FILE_UNWRITABLE: {
    exit: 1,
    meaning: 'A file or folder cannot be written.',
    remedy: 'Check its permissions and the free space.'
  },
  SCENARIO: {
    exit: 2,
    meaning: 'A scenario of the generator is wrong.',
    remedy: 'Mend the named line; docs/generator.md lists what a scenario may hold.'
  },
  CONNECTION: {
    exit: 1,
    meaning: 'A connection cannot be made, or was lost.',
    remedy: 'Check the address, and that the other side runs.'
  },
  BROKER: {
    exit: 1,
    meaning: 'Kafka cannot be reached, or refuses.',
    remedy: 'Check the address of the brokers, the topic, and what this user may do.'
  },
  STATE: {
    exit: 1,
    meaning: 'The state of alerts and deliveries cannot be read or written.',
    remedy: 'Check the free space and the permissions of the folder of the store.'
  },
  NOTIFIER: {
    exit: 1,
    meaning: 'A receiver cannot be reached.',
    remedy: 'Check its settings; `visor alerts test-receiver NAME` tries it.'
  },
  NO_LINES: {
    exit: 1,
    meaning: 'The engine keeps no lines: they cannot be found, counted or shown.',
    remedy: 'Figures of the page, reports and alerts need none; the engine `embedded` keeps lines.'
  },
  STORE_LOCKED: {
    exit: 1,
    meaning: 'Another Visor has this store open.',
    remedy: 'Stop it, or give this one its own folder with `--store`.'
  },
  STORE_BROKEN: {
    exit: 1,
    meaning: 'The store cannot be opened or written.',
    remedy: 'Check the free space and the permissions; the message of the database follows.'
  },
  PORT_IN_USE: {
    exit: 1,
    meaning: 'The port of the page is taken.',
    remedy: 'Give another with `--port`; `--port 0` takes any free one.'
  },
  INTERNAL: { exit: 1, meaning: 'A defect in Visor.', remedy: 'Please report it with the text that follows.' }
} as const satisfies Record<string, { exit: 1 | 2; meaning: string; remedy: string }>

export type ErrorCode = keyof typeof ERRORS

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
