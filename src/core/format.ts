import type { Micros } from './time.ts'
import type { Kind, LogEvent } from './fields.ts'
import type { Printer, Roles } from './parts.ts'
import type { Program } from './program.ts'

/**
 * One kind of line, read and written. From the one list of directives behind it come the scanner's program and
 * the printer; scan(print(e)) = e.
 */
export interface Format {
  /** A preset's name, or `custom`. */
  readonly name: string
  readonly kind: Kind
  /** The directive string as it would stand in the server's configuration; `formatFor(text)` gives the format back. */
  readonly text: string
  readonly program: Program
  /** For each step, as rejections count them, the piece of the text that it comes from; nothing for fixed text. */
  readonly origins: readonly (string | undefined)[]
  /** The fields that its lines fill, `time` not named. */
  readonly fields: readonly string[]
  /** The line, without line end, that the server would have written: escapes as Apache writes them. */
  print(event: LogEvent): string
  /** Prints many lines made of the same parts quickly, each as `print` does. */
  printer(roles: Roles): Printer
  /** The line out of raw values, as they stand in the log: gives a canonical line back byte for byte. */
  printRaw(values: RawValues): Uint8Array
}

export interface RawValues {
  /** With the minutes east of UTC that the line is written with. */
  readonly time: Micros
  readonly zone: number
  /** A number field (in the unit of the event), a text field's bytes as they stand in the log, or `null`. */
  get(field: string): number | Uint8Array | null
}

/** A format, or several in the order in which they are tried, and why. */
export interface FormatChoice {
  /** Of several, all names with ` + ` between them. */
  readonly name: string
  /** Of several, one a line. */
  readonly text: string
  readonly why: string
}
