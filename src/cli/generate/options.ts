import { InvalidArgumentError } from 'commander'
import type { Millis } from '../../core/time.ts'
import {
  choiceOption,
  decimal,
  durationOption,
  joinLines,
  textOption,
  valueOption,
  integer,
  withDefault,
  zoneOption,
  type OptionsOf
} from '../options.ts'

const content = {
  mode: choiceOption(
    '-m, --mode <mode>',
    'which log is written: both where there are two outputs, else access',
    ['access', 'error', 'both']
  ),
  format: valueOption(
    '-f, --format <format>',
    'a preset or a LogFormat string; given again for the error log (default: combined and error24)',
    joinLines
  ),
  rate: valueOption(
    '-r, --rate <lines>',
    'requests a second, 0.01 and up (default: 50)',
    decimal(0.01, 100_000_000)
  ),
  curve: choiceOption('--curve <shape>', 'how the rate goes', [
    'constant',
    'daily',
    'ramp',
    'square',
    'spike',
    'flood',
    'waves'
  ]),
  clients: valueOption(
    '--clients <count>',
    'how many visitors there are (default: 400)',
    integer(1, 1_000_000)
  ),
  choose: choiceOption('--choose <how>', 'how the next visitor is drawn (default: zipf)', [
    'uniform',
    'binomial',
    'zipf'
  ]),
  seed: valueOption(
    '--seed <number>',
    'the same seed and start give the same lines',
    integer(0, Number.MAX_SAFE_INTEGER)
  )
}

const time = {
  lines: valueOption('-n, --lines <count>', 'end after so many lines of the first log', integer(1, 1e12)),
  for: durationOption('--for <duration>', 'end after so long a time of the log', '1s', '3650d'),
  start: {
    ...valueOption(
      '--start <time>',
      'when the log begins, such as 2026-01-31 or 2026-01-31T08:00Z (default: now)',
      timestamp
    ),
    conflicts: ['backfill']
  },
  backfill: durationOption(
    '--backfill <duration>',
    'begin so long ago, and write the past at once',
    '1s',
    '3650d'
  ),
  speed: valueOption('--speed <times>', 'how many times as fast as the clock time goes, or max', text =>
    text === 'max' ? Infinity : decimal(0.001, 1e9)(text)
  ),
  zone: zoneOption("zone that times are written in (default: the machine's)")
}

const output = {
  output: withDefault(textOption('-o, --output <target>', 'where lines go'), '-', 'standard output'),
  errors: textOption(
    '-e, --errors <target>',
    'where lines of the error log go, when the others go to --output'
  ),
  truth: textOption('--truth <file>', 'write what was really made into this file, as JSON'),
  rotate: choiceOption('--rotate <how>', 'rotate files while writing', ['rename', 'copytruncate', 'gzip']),
  every: textOption('--every <limit>', 'after so many lines (100000), bytes (10MB) or so long (1h)'),
  keep: valueOption('--keep <count>', 'how many rotated files stay', integer(1, 10_000))
}

export const generateOptions = { ...content, ...time, ...output }

export type GenerateOptions = OptionsOf<typeof generateOptions>

/** A time as ISO 8601 has it; UTC where it names no zone. */
function timestamp(text: string): Millis {
  const iso = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(text)
  const [, day, time = '00:00', zone = 'Z'] = iso ?? []
  const ms = Date.parse(`${day}T${time}${zone}`)
  if (!Number.isNaN(ms)) return ms
  throw new InvalidArgumentError('Expected a time such as 2026-01-31 or 2026-01-31T08:00Z.')
}
