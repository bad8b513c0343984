/**
 * The program that a format gives the scanner: steps that run in order over one line.
 * It is data, so that formats write it, the scanner's kernel runs it, and the tests' slow reference
 * parser interprets it, each without knowing the others.
 *
 * Rules shared by all that run it:
 * - A line ends at `\n`; one `\r` before it is no part of the line. An empty line is no line.
 * - A field whose bytes are exactly `-` is absent (text code 0, number NaN).
 * - The last step must end at the line's end, or the line is rejected.
 */
export type Step =
  | { op: 'literal'; text: string }
  | TextStep
  | NumberStep
  | RequestStep
  | TargetStep
  | AddressStep
  | ClfStep
  | CtimeStep
  | TimePartStep
  | GroupStep

/**
 * Bytes up to the first occurrence (`last`: the last one in the line) of the whole string `until`,
 * which is not taken; `''` is the line's end. With `last`, a line without it is taken to its end.
 * `quoted`: a backslash takes the byte after it along, so `\"` does not end the text.
 * `word`: a text that is empty or holds a space is none (`missing`, at the text's first byte).
 */
export interface TextStep {
  op: 'text'
  field: string
  until: string
  quoted: boolean
  last?: boolean
  word?: boolean
}

/** `-` or decimal digits (at most 15, a `-` before them allowed), times `scale`. */
export interface NumberStep {
  op: 'number'
  field: string
  scale: number
}

/**
 * A request line, `%r`: METHOD SP target [SP PROTOCOL]. METHOD is a token of RFC 9110, PROTOCOL is
 * `HTTP/` digits [`.` digits]; the target is all between (it may hold spaces when a protocol follows; without a
 * protocol it holds none). The target up to its first `?` is `path`, what follows the `?` is `query` (absent
 * without `?`, empty text when nothing follows it).
 * Anything else that is not `-` goes whole into the field `request`, and the four are absent.
 */
export interface RequestStep {
  op: 'request'
  until: string
  quoted: boolean
}

/** `%U%q`: a target alone, split into `path` and `query` as in RequestStep. */
export interface TargetStep {
  op: 'target'
  until: string
  quoted: boolean
}

/** `address:port` up to `until`, split at the last `:` if only digits (1 to 5) follow it; else all is `field`. */
export interface AddressStep {
  op: 'address'
  field: string
  port: string
  until: string
}

/** `10/Oct/2000:13:55:36 -0700`: 26 bytes, sets `field` and the zone. */
export interface ClfStep {
  op: 'clf'
  field: TimeField
}

/** `Tue Oct 10 13:55:36.123456 2000`: no zone; 0, 3 or 6 digits of fraction are read, `fraction` is canonical. */
export interface CtimeStep {
  op: 'ctime'
  field: TimeField
  fraction: 0 | 3 | 6
}

/**
 * One piece of a time: several of them, anywhere in the line, make one time.
 * year `2000`; month `10`; monthName `Oct`; day `07`; dayPadded ` 7`; hour, minute, second two digits; weekdayName
 * `Tue` (checked for being a name only); milli three and micro six digits; zone `-0700`; dayOfYear `283`;
 * seconds, millis, micros since 1970 as plain digits.
 */
export interface TimePartStep {
  op: 'timepart'
  field: TimeField
  part: TimePart
}

export type TimePart =
  | 'year'
  | 'month'
  | 'monthName'
  | 'day'
  | 'dayPadded'
  | 'hour'
  | 'minute'
  | 'second'
  | 'weekdayName'
  | 'milli'
  | 'micro'
  | 'zone'
  | 'dayOfYear'
  | 'seconds'
  | 'millis'
  | 'micros'

/** `time` is when the request came in; `time_end` when it was answered. Each may appear once in a program. */
export type TimeField = 'time' | 'time_end'

/** Steps that are all there or none: when one fails, the line goes on where the group began, its fields absent. */
export interface GroupStep {
  op: 'group'
  steps: readonly Step[]
}

/** A whole program. `zoned` is false when lines tell a wall-clock time without its zone. */
export interface Program {
  readonly steps: readonly Step[]
  readonly zoned: boolean
}

/** The fields that a program fills, in order, with their column type. */
export function columnsOf(steps: readonly Step[]): { name: string; type: 'text' | 'number' }[] {
  return steps.flatMap((step): { name: string; type: 'text' | 'number' }[] => {
    switch (step.op) {
      case 'text':
        return [{ name: step.field, type: 'text' }]
      case 'number':
        return [{ name: step.field, type: 'number' }]
      case 'request':
        return ['method', 'path', 'query', 'protocol', 'request'].map(name => ({ name, type: 'text' }))
      case 'target':
        return ['path', 'query'].map(name => ({ name, type: 'text' }))
      case 'address':
        return [
          { name: step.field, type: 'text' },
          { name: step.port, type: 'number' }
        ]
      case 'group':
        return columnsOf(step.steps)
      default:
        return []
    }
  })
}
