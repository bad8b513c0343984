import { MINUTE_MS } from '../../core/time.ts'
import {
  choiceOption,
  decimal,
  textOption,
  durationOption,
  flag,
  valueOption,
  integer,
  withDefault,
  type OptionsOf
} from '../options.ts'

export const drillOptions = {
  calm: flag('--calm', 'leave its incidents out: no alert may fire'),
  for: durationOption('--for <duration>', 'end after so long a time of the scenario', '1s', '30d'),
  warmUp: withDefault(
    durationOption(
      '--warm-up <duration>',
      'how much calm traffic is written before, at once, so that it is known what is usual',
      '0s',
      '7d'
    ),
    65 * MINUTE_MS,
    '65m'
  ),
  speed: withDefault(
    valueOption('--speed <times>', 'how many times as fast as the clock time goes', decimal(0.1, 10_000)),
    1
  ),
  seed: valueOption(
    '--seed <number>',
    'the same seed gives the same lines',
    integer(0, Number.MAX_SAFE_INTEGER)
  ),
  engine: withDefault(
    choiceOption('--engine <engine>', 'what reads and counts: this process, or Spark', ['embedded', 'spark']),
    'embedded'
  ),
  connect: textOption(
    '--connect <address>',
    'where Spark is, such as sc://HOST:15002; one is started on this machine when not given'
  ),
  json: flag('--json', 'print the scores as JSON')
}

export type DrillOptions = OptionsOf<typeof drillOptions>
