import type { Kind } from '../core/fields.ts'

/** Where something stands in a configuration. */
export interface Place {
  readonly file: string
  readonly line: number
}

/** A log that a web server writes, as its configuration names it. */
export interface FoundLog {
  /** Absolute; a pattern (`*`) where the server makes up the name from variables. */
  readonly path: string
  readonly kind: Kind
  /** A LogFormat or ErrorLogFormat string, a `log_format` statement, or a preset's name. */
  readonly format: string
  /** Names of the hosts whose requests are logged there; empty for the server as a whole. */
  readonly hosts: readonly string[]
  readonly place: Place
}

/** Something that was seen and not used, or not as it stands there, and why. */
export interface Remark {
  readonly place: Place
  readonly text: string
}

/** What a web server's configuration contains of its logs. */
export interface Discovery {
  readonly logs: readonly FoundLog[]
  readonly remarks: readonly Remark[]
  /** The configuration files that were read. */
  readonly files: readonly string[]
}

/** `file:line` for people. */
export function placeText({ file, line }: Place): string {
  return `${file}:${line}`
}
