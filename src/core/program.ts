/**
 * The program that a format gives the scanner: steps that run in order over one line.
 * It is data, so that formats write it, the scanner's kernel runs it, and the tests' slow reference
 * parser interprets it, each without knowing the others.
 *
 * Rules shared by all that run it:
 * - A line ends at `\n`; one `\r` before it is no part of the line. An empty line is no line, and neither is a directive line.
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
  | ChainStep
  | ClfStep
  | CtimeStep
  | TimePartStep
  | TimestampStep
  | GroupStep
  | JsonStep

/**
 * Bytes up to the first occurrence (`last`: the last one in the line) of the whole string `until`,
 * which is not taken; `''` is the line's end. With `last` or `orEnd`, a line without it is taken to its end.
 * `quoted`: a backslash takes the byte after it along, so `\"` does not end the text.
 * `edge` (with neither of these): only an `until` counts behind which the line ends or `, ` follows.
 * `list` (likewise; `until` begins with a blank): a blank behind a comma does not end the text.
 * `timed` (with none of these): a time follows. Only an `until` counts behind which the literals and pieces of a time that
 * stand there can be read, or the first where there is no such one.
 * `headed` (likewise alone): a group follows, which begins with `until`. Only an `until` counts from which that group can be read;
 * without one, the text goes to the line's end, and the group is not there.
 * `word`: a text that is empty (but for `orEmpty`) or holds a space is none (`missing`, at the text's first byte).
 */
export interface TextStep {
  op: 'text'
  field: string
  until: string
  quoted: boolean
  last?: boolean
  orEnd?: boolean
  edge?: boolean
  list?: boolean
  timed?: boolean
  headed?: boolean
  word?: boolean | 'orEmpty'
}

/**
 * `-` or decimal digits (at most 15, a `-` before them allowed), times `scale`. With `decimals`, a point and digits may
 * follow; that many of them are canonical, and the value is rounded to a whole one.
 */
export interface NumberStep {
  op: 'number'
  field: string
  scale: number
  decimals?: number
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
  /** As of a text. */
  edge?: boolean
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

/**
 * Addresses as `X-Forwarded-For` has them: `field` is the first, `rest` what follows its `, ` (absent without one).
 * Where `until` begins with a blank, a blank behind a comma does not end the step.
 */
export interface ChainStep {
  op: 'chain'
  field: string
  rest: string
  until: string
  quoted: boolean
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
 * year `2000`; yearOfCentury `00` (69 to 99 are of the last century, as POSIX has it); month `10`; monthName `Oct`;
 * monthFull `October`; day `07`; dayPadded ` 7`; hour, minute, second two digits; hourPadded ` 7`; hour12 `01` to `12` and
 * hour12Padded, each with a meridiem `AM` or `PM` (meridiemLower `am`), which may stand apart; weekdayName `Tue` and weekdayFull `Tuesday`
 * (checked for being names only), weekdayFromMonday `1` to `7` and weekdayFromSunday `0` to `6`; milli three and micro six digits; zone `-0700`; zoneColon `-07:00` or `Z` (canonical is
 * `+00:00`); zulu `Z` alone; dayOfYear `283`; seconds, millis, micros since 1970 as plain digits.
 */
export interface TimePartStep {
  op: 'timepart'
  field: TimeField
  part: TimePart
}

export type TimePart =
  | 'year'
  | 'yearOfCentury'
  | 'month'
  | 'monthName'
  | 'monthFull'
  | 'day'
  | 'dayPadded'
  | 'hour'
  | 'hourPadded'
  | 'hour12'
  | 'hour12Padded'
  | 'meridiem'
  | 'minute'
  | 'second'
  | 'weekdayName'
  | 'weekdayFull'
  | 'milli'
  | 'micro'
  | 'zone'
  | 'zoneColon'
  | 'zulu'
  | 'weekdayFromMonday'
  | 'weekdayFromSunday'
  | 'meridiemLower'
  | 'dayOfYear'
  | 'seconds'
  | 'millis'
  | 'micros'

/**
 * A time in any usual form, up to the line's end: ISO 8601 (`2000-10-10T13:55:36.123-07:00`; a blank for the `T`, digits of the
 * fraction beyond the sixth cut off, `Z`, and UTC where there is no zone), `%t` without brackets, or digits since 1970 with a
 * fraction perhaps, in the unit `since` or, without one, in that which makes a time before 5138: seconds below 1e11,
 * milliseconds below 1e14, microseconds below 1e17, else nanoseconds. Printed in the unit `since`, else as ISO 8601.
 */
export interface TimestampStep {
  op: 'timestamp'
  field: TimeField
  since?: 's' | 'ms' | 'us' | 'ns'
}

export type TimeStep = ClfStep | CtimeStep | TimePartStep | TimestampStep

/** Whether a step gives a time or a piece of one. */
export function isTimeStep(step: Step): step is TimeStep {
  return step.op === 'clf' || step.op === 'ctime' || step.op === 'timepart' || step.op === 'timestamp'
}

/** The literals and the pieces of a time at the beginning of these, at least one of which is such a piece; else none. */
export function leadingTime(steps: readonly Step[]): readonly Step[] {
  const other = steps.findIndex(step => step.op !== 'literal' && !isTimeStep(step))
  const leading = other < 0 ? steps : steps.slice(0, other)
  return leading.some(isTimeStep) ? leading : []
}

/** `time` is when the request came in; `time_end` when it was answered. Each may appear once in a program. */
export type TimeField = 'time' | 'time_end'

/** Steps that are all there or none: when one fails, the line goes on where the group began, its fields absent. */
export interface GroupStep {
  op: 'group'
  steps: readonly Step[]
}

/**
 * One JSON object (RFC 8259, nested up to 64 deep) with nothing but blanks around it. Its members fill fields by their
 * paths; others are looked at for their form only. Lines read so are never canonical.
 */
export interface JsonStep {
  op: 'json'
  members: readonly JsonMember[]
}

/**
 * `path`: names from the outermost on, as `JSON.stringify` writes them: the same name with
 * other escapes does not match.
 * `step` reads the value alone: of a string what stands between its quotes, of an array that begins with a string that one,
 * of anything else its text. `null`, `""` and `"-"` are absent. Of members of the same path the last counts.
 * A number may stand in a string, and may have a fraction and an exponent (digits behind the fifteenth that tells
 * are taken for zeros). Its value is rounded to a whole one. A line in which a `required` member
 * (no timestamp: `time` is needed anyway) is absent is rejected.
 */
export interface JsonMember {
  readonly path: readonly string[]
  readonly step: Extract<
    Step,
    { op: 'text' | 'number' | 'request' | 'target' | 'address' | 'chain' | 'timestamp' }
  >
  readonly required?: boolean
}

/**
 * A whole program. `zoned` is false when lines give a wall-clock time without its zone. Lines of a program whose steps
 * give no time have that of the line before them.
 */
export interface Program {
  readonly steps: readonly Step[]
  readonly zoned: boolean
  /** How texts are written; `apache` when absent. */
  readonly escapes?: Escapes
  /** What begins so is a directive line of the log, no line (`#` of W3C's extended log format). */
  readonly directivePrefix?: string
  readonly continued?: Continued
}

/**
 * `apache`: `\"` `\\` `\n` `\xHH` and the like, of both of Apache's logs and of nginx; `json`: RFC 8259's, with `\uHHHH`;
 * `none`: every byte stands for itself.
 */
export type Escapes = 'apache' | 'json' | 'none'

/**
 * Lines may go on: a line that no program follows belongs to the one right before it if that was of this program,
 * with all its bytes (and the line ends between) as the field `details`. But a line that begins with a text of `alone` stands
 * for itself, and any other that begins with a byte of `opening`, as each line of this program does, is rejected.
 */
export interface Continued {
  readonly opening: string
  readonly alone: readonly string[]
}

/** The field that a program's continued lines fill. */
export const DETAILS = 'details'

/** The steps that belong to a group, and those of the members of JSON. */
export function innerOf(step: Step): readonly Step[] {
  if (step.op === 'json') return step.members.map(member => member.step)
  return step.op === 'group' ? step.steps : []
}

/** All steps, each before those that belong to it: the order in which rejections count them. */
export function flatten(steps: readonly Step[]): Step[] {
  return steps.flatMap(step => [step, ...flatten(innerOf(step))])
}

/** The fields that steps fill, in order, with their column type; those of `continued` are not among them. */
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
      case 'chain':
        return [step.field, step.rest].map(name => ({ name, type: 'text' }))
      default:
        return columnsOf(innerOf(step))
    }
  })
}
