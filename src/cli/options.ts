import { InvalidArgumentError } from 'commander'
import { parseDuration } from '../core/duration.ts'
import type { Millis } from '../core/time.ts'
import { isZone } from '../core/zone.ts'

/**
 * An option of a command: how it is written, what it is for, and what its text becomes. `Value` is what the command gets;
 * `undefined` is in it where the option may be left out. These are no schemas of zod because loading that alone takes a
 * command as long as all else that it does to begin.
 */
export interface Option<Value = unknown> {
  /** `-n, --top <count>`; the name in the table of options is that of the long one, in camel case. */
  readonly flags: string
  readonly summary: string
  readonly choices?: readonly string[]
  readonly required?: true
  readonly initial?: { readonly value: Value; readonly shown?: string | undefined }
  /** Another option that gives `false` for this one. */
  readonly negation?: { readonly flags: string; readonly summary: string }
  /** Names of options that this one cannot be given with. */
  readonly conflicts?: readonly string[]
  /** What a text means; `before` is the value of the same option given earlier. @throws InvalidArgumentError */
  parse?(this: void, text: string, before: Value | undefined): Value
}

/** The options of a command, each under its name. */
export type Options = Readonly<Record<string, Option>>

type ValueOf<Declared> = Declared extends Option<infer Value> ? Value : never

type Optional<Declared extends Options> = {
  [Name in keyof Declared]: undefined extends ValueOf<Declared[Name]> ? Name : never
}[keyof Declared]

/** What a command gets of its options. */
export type OptionsOf<Declared extends Options> = {
  readonly [Name in Exclude<keyof Declared, Optional<Declared>>]: ValueOf<Declared[Name]>
} & { readonly [Name in Optional<Declared>]?: Exclude<ValueOf<Declared[Name]>, undefined> }

/** An option without a value. */
export function flag(flags: string, summary: string): Option<true | undefined> {
  return { flags, summary }
}

/** `--no-page`: true unless it is given. */
export function negation(flags: string, summary: string): Option<boolean> {
  return { flags, summary }
}

export function textOption(flags: string, summary: string): Option<string | undefined> {
  return { flags, summary }
}

/** An option with a value that `parse` gives the meaning of. */
export function valueOption<Value>(
  flags: string,
  summary: string,
  parse: (text: string, before: Value | undefined) => Value
): Option<Value | undefined> {
  return { flags, summary, parse }
}

export function choiceOption<Choice extends string>(
  flags: string,
  summary: string,
  choices: readonly Choice[]
): Option<Choice | undefined> {
  return { flags, summary, choices }
}

/** An option whose value is a duration such as `10s`, within bounds. */
export function durationOption(
  flags: string,
  summary: string,
  shortest: string,
  longest: string
): Option<Millis | undefined> {
  const [min = 0, max = Infinity] = [parseDuration(shortest), parseDuration(longest)]
  return valueOption(flags, summary, text => {
    const ms = parseDuration(text)
    if (ms !== undefined && ms >= min && ms <= max) return ms
    throw new InvalidArgumentError(
      `Expected a duration from ${shortest} to ${longest}, such as 250ms, 10s, 5m or 1h.`
    )
  })
}

/** An option that must be given; `<file...>` takes several values. */
export function required<Value = string>({ flags, summary }: Option<string | undefined>): Option<Value> {
  return { flags, summary, required: true }
}

/** The same option with a value for when it is not given; `shown` is that value as the help has it. */
export function withDefault<Value>(
  { flags, summary, parse }: Option<Value | undefined>,
  initial: Value,
  shown?: string
): Option<Value> {
  return {
    flags,
    summary,
    initial: { value: initial, shown },
    ...(parse && { parse: (text: string) => parse(text, undefined) ?? initial })
  }
}

/** The parser of a whole number within bounds. */
export const integer = numberParser(/^\d{1,15}$/, 'a whole number')

/** The parser of a number within bounds. */
export const decimal = numberParser(/^\d{1,15}(\.\d{1,15})?$/, 'a number')

function numberParser(pattern: RegExp, what: string) {
  return (min: number, max: number) =>
    (text: string): number => {
      const value = pattern.test(text) ? Number(text) : NaN
      if (value >= min && value <= max) return value
      throw new InvalidArgumentError(`Expected ${what} from ${min} to ${max}.`)
    }
}

/** The parser of an option that may be given again, one value a line. */
export function joinLines(text: string, before: string | undefined): string {
  return before === undefined ? text : `${before}\n${text}`
}

function zone(name: string): string {
  if (isZone(name)) return name
  throw new InvalidArgumentError('Expected a time zone such as UTC or Europe/Berlin.')
}

export function zoneOption(summary: string): Option<string | undefined> {
  return valueOption('-z, --zone <zone>', summary, zone)
}

export const configOption = textOption(
  '-c, --config <file>',
  'the configuration; searched for when not given'
)

export const jsonOption = flag('--json', 'print it as JSON')

/** How lines are read, the same wherever they are. */
export const formatOptions = {
  format: valueOption(
    '-f, --format <format>',
    'a preset (visor formats) or a LogFormat string, given again for a log of several; detected when not given',
    joinLines
  ),
  zone: zoneOption("zone of lines that name none, such as Europe/Berlin; the machine's by default")
}

/** Lines of which sources, the same wherever a store is asked. */
export const sourceOption = valueOption(
  '--source <name>',
  'only lines of this source; may be given again',
  (name: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), name]
)

/** Which lines count, the same wherever lines are read. */
export const whereOption = textOption(
  '-w, --where <query>',
  'only lines that pass this query (docs/query.md)'
)

/** Where files are begun, the same wherever they are followed. */
export const fromOption = choiceOption(
  '--from <where>',
  'where to begin with files never seen before (default: beginning)',
  ['beginning', 'end']
)

/** How a store is named, the same wherever one is asked. */
export const storeOptions = {
  store: textOption('--store <folder>', 'the folder of the store'),
  config: configOption
}

export type StoreSelection = OptionsOf<typeof storeOptions>
