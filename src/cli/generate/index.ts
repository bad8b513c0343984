import { InvalidArgumentError, Option, type Command } from 'commander'
import type { Context } from '../context.ts'
import { addExamples, durationOption, wholeNumber, zoneOption } from '../options.ts'

/** What `visor generate` is told. */
export interface GenerateCommand {
  readonly mode?: 'access' | 'error' | 'both'
  readonly output: string
  readonly errors?: string
  readonly format?: string
  readonly rate?: number
  readonly curve?: string
  readonly clients?: number
  readonly choose?: 'uniform' | 'binomial' | 'zipf'
  readonly lines?: number
  readonly for?: number
  readonly start?: number
  readonly backfill?: number
  readonly speed?: number
  readonly seed?: number
  readonly truth?: string
  readonly rotate?: string
  readonly every?: string
  readonly keep?: number
  readonly zone?: string
}

/** `visor generate`: made-up logs with known truth. */
export function generateCommand(program: Command, context: Context): void {
  const command = program
    .command('generate')
    .summary('write made-up logs, with the truth about them')
    .description(
      'Write the access and error log of a made-up site, at any rate, with incidents that a scenario names, and a manifest of ' +
        'what was really made. The scenario is a file (docs/generator.md), or a configuration of the first Visor. ' +
        'Lines go to a file, standard output (-), tcp://HOST:PORT, tcp-listen://HOST:PORT or kafka://HOST:PORT/TOPIC; ' +
        'who cannot take them holds them back, none is dropped. Options go before what the scenario says.'
    )
    .argument('[scenario]', 'the scenario; a calm site when not given')
  for (const option of [...contentOptions(), ...timeOptions(), ...outputOptions()]) command.addOption(option)
  command.action((scenario: string | undefined, options: GenerateCommand) =>
    generate(scenario, options, context)
  )
  addExamples(command, [
    ['visor generate --rate 100 -o access.log', 'a hundred requests a second, until stopped'],
    ['visor generate -o access.log -e error.log --backfill 7d --for 7d', 'the past seven days, at once'],
    [
      'visor generate --lines 1000000 --speed max --seed 1 --start 2026-01-01 > big.log',
      'a million lines, always the same'
    ],
    [
      'visor generate incidents.yaml -o access.log -e error.log --truth truth.json',
      'incidents, and what is true of them'
    ],
    ['visor generate -o access.log --rotate gzip --every 10MB', 'rotated while it is written'],
    ['visor generate --curve spike -o tcp-listen://127.0.0.1:5555', 'waits for readers, with peaks'],
    ['visor generate --rate 100000 -o kafka://127.0.0.1:9092/logs', 'to Kafka']
  ])
}

function contentOptions(): Option[] {
  return [
    new Option(
      '-m, --mode <mode>',
      'which log is written: both where there are two outputs, else access'
    ).choices(['access', 'error', 'both']),
    new Option(
      '-f, --format <format>',
      'a preset or a LogFormat string; given again for the error log (default: combined and error24)'
    ).argParser((text: string, before?: string) => (before === undefined ? text : `${before}\n${text}`)),
    new Option('-r, --rate <lines>', 'requests a second, 0.01 and up (default: 50)').argParser(
      number(0.01, 1e8)
    ),
    new Option('--curve <shape>', 'how the rate goes').choices([
      'constant',
      'daily',
      'ramp',
      'square',
      'spike',
      'flood',
      'waves'
    ]),
    new Option('--clients <count>', 'how many visitors there are (default: 400)').argParser(
      wholeNumber(1, 1_000_000)
    ),
    new Option('--choose <how>', 'how the next visitor is drawn (default: zipf)').choices([
      'uniform',
      'binomial',
      'zipf'
    ]),
    new Option('--seed <number>', 'the same seed and start give the same lines').argParser(
      wholeNumber(0, Number.MAX_SAFE_INTEGER)
    )
  ]
}

function timeOptions(): Option[] {
  return [
    new Option('-n, --lines <count>', 'end after so many lines of the first log').argParser(
      wholeNumber(1, 1e12)
    ),
    durationOption('--for <duration>', 'end after so long a time of the log', '1s', '3650d'),
    new Option(
      '--start <time>',
      'when the log begins, such as 2026-01-31 or 2026-01-31T08:00Z (default: now)'
    )
      .argParser(moment)
      .conflicts('backfill'),
    durationOption('--backfill <duration>', 'begin so long ago, and write the past at once', '1s', '3650d'),
    new Option('--speed <times>', 'how many times as fast as the clock time goes, or max').argParser(text =>
      text === 'max' ? Infinity : number(0.001, 1e9)(text)
    ),
    zoneOption("zone that times are written in (default: the machine's)")
  ]
}

function outputOptions(): Option[] {
  return [
    new Option('-o, --output <target>', 'where lines go').default('-', 'standard output'),
    new Option('-e, --errors <target>', 'where lines of the error log go, when the others go to --output'),
    new Option('--truth <file>', 'write what was really made into this file, as JSON'),
    new Option('--rotate <how>', 'rotate files while writing').choices(['rename', 'copytruncate', 'gzip']),
    new Option('--every <limit>', 'after so many lines (100000), bytes (10MB) or so long (1h)'),
    new Option('--keep <count>', 'how many rotated files stay').argParser(wholeNumber(1, 10_000))
  ]
}

/** Makes the parser of a number within bounds, for commander. */
function number(min: number, max: number): (text: string) => number {
  return text => {
    const value = /^\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : NaN
    if (value >= min && value <= max) return value
    throw new InvalidArgumentError(`Expected a number from ${min} to ${max}.`)
  }
}

/** Milliseconds since 1970 of a time as ISO 8601 has it; UTC where it tells no zone. */
function moment(text: string): number {
  const iso = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(text)
  const [, day, time = '00:00', zone = 'Z'] = iso ?? []
  const ms = Date.parse(`${day}T${time}${zone}`)
  if (!Number.isNaN(ms)) return ms
  throw new InvalidArgumentError('Expected a time such as 2026-01-31 or 2026-01-31T08:00Z.')
}

async function generate(
  scenario: string | undefined,
  options: GenerateCommand,
  context: Context
): Promise<void> {
  const { runGenerate } = await import('./run.ts')
  await runGenerate(scenario, options, context)
}
