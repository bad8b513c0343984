import type { Place } from '../found.ts'

/** A directive with its words. */
export interface Said {
  readonly place: Place
  readonly words: readonly string[]
}

/** What the configuration says of the main server, or of one virtual host. */
export interface Server {
  readonly names: string[]
  /** CustomLog and TransferLog. */
  readonly logs: Said[]
  /** GlobalLog: written to besides what virtual hosts log themselves. */
  readonly globals: Said[]
  readonly nicknames: Map<string, string>
  /** The last LogFormat without a nickname: TransferLog's. */
  plain: string | undefined
  errorLog: Said | undefined
  errorFormat: string | undefined
}

export function newServer(): Server {
  return {
    names: [],
    logs: [],
    globals: [],
    nicknames: new Map(),
    plain: undefined,
    errorLog: undefined,
    errorFormat: undefined
  }
}

/** Notes a directive about logs or names; false for any other. */
export function note(server: Server, name: string, said: Said): boolean {
  const [first = '', second] = said.words
  switch (name) {
    case 'servername':
    case 'serveralias':
      for (const word of said.words) server.names.push(word.replace(/^\w+:\/\//, '').replace(/:\d+$/, ''))
      return true
    case 'logformat':
      if (second === undefined) server.plain = first
      else server.nicknames.set(second, first)
      return true
    case 'customlog':
    case 'transferlog':
      server.logs.push(said)
      return true
    case 'globallog':
      server.globals.push(said)
      return true
    case 'errorlog':
      server.errorLog = said
      return true
    case 'errorlogformat':
      // Formats of their own for connections and requests are lines besides those of messages.
      if (!/^(connection|request)$/i.test(first)) server.errorFormat = first
      return true
    default:
      return false
  }
}
