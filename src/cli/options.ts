import { InvalidArgumentError, Option, type Command } from 'commander'
import { parseDuration } from '../core/duration.ts'

/** Makes the parser of a whole number within bounds, for commander. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return text => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN
    if (value >= min && value <= max) return value
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`)
  }
}

/** `--where`, the same wherever lines are read. */
export function whereOption(): Option {
  return new Option('-w, --where <query>', 'only lines that pass this query (docs/query.md)')
}

/** `--format` and `--zone`, the same wherever lines are read. */
export function formatOptions(): [Option, Option] {
  return [
    new Option(
      '-f, --format <format>',
      'a preset (visor formats) or a LogFormat string, given again for a log of several; detected when not given'
    ).argParser((text: string, before?: string) => (before === undefined ? text : `${before}\n${text}`)),
    zoneOption("zone of lines that tell none, such as Europe/Berlin; the machine's by default")
  ]
}

/** `--zone`. */
export function zoneOption(summary: string): Option {
  return new Option('-z, --zone <zone>', summary).argParser(zone)
}

function zone(name: string): string {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }) && name
  } catch {
    throw new InvalidArgumentError('Expected a time zone such as UTC or Europe/Berlin.')
  }
}

/** Adds worked examples to a command's help: what to type, and what it does. */
export function addExamples(
  command: Command,
  examples: readonly (readonly [line: string, what: string])[]
): void {
  const lines = examples.map(([line, what]) => `  ${line}\n      ${what}`)
  command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`)
}

/** An option whose value is a duration such as `10s`, within bounds, given to the command in milliseconds. */
export function durationOption(flags: string, summary: string, least: string, most: string): Option {
  const [min = 0, max = Infinity] = [parseDuration(least), parseDuration(most)]
  return new Option(flags, summary).argParser(text => {
    const ms = parseDuration(text)
    if (ms !== undefined && ms >= min && ms <= max) return ms
    throw new InvalidArgumentError(
      `Expected a duration from ${least} to ${most}, such as 250ms, 10s, 5m or 1h.`
    )
  })
}

/** Adds how the store is named, the same wherever one is asked. */
export function storeOptions(command: Command): Command {
  return command
    .option('--store <folder>', 'the folder of the store')
    .option('-c, --config <file>', 'the configuration; searched for when not given')
}
