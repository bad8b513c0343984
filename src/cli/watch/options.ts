import {
  choiceOption,
  configOption,
  durationOption,
  formatOptions,
  fromOption,
  negation,
  textOption,
  valueOption,
  integer,
  type Option,
  type OptionsOf
} from '../options.ts'

const store: Option<string | false | undefined> = {
  ...textOption('--store <folder>', 'where lines, counts and positions are kept'),
  negation: {
    flags: '--no-store',
    summary: 'keep nothing: no page, no history, no position to go on from'
  }
}

export const watchOptions = {
  config: configOption,
  ...formatOptions,
  from: fromOption,
  host: textOption('--host <address>', 'address of the page (default: 127.0.0.1)'),
  access: choiceOption(
    '--access <who>',
    'who may read the page: programs on this machine, or who has a token (default: loopback)',
    ['loopback', 'token']
  ),
  port: valueOption(
    '-p, --port <port>',
    'port of the page, 0 for any free one (default: 7070)',
    integer(0, 65_535)
  ),
  page: negation('--no-page', 'serve no page; print a status line every second instead'),
  output: textOption(
    '-o, --output <file>',
    "append each closed window's results to this file, one line of JSON each"
  ),
  store,
  window: durationOption('--window <duration>', 'length of a window (default: 10s)', '1s', '1h'),
  lateness: durationOption(
    '--lateness <duration>',
    'how long a window waits for late lines (default: 1m)',
    '0s',
    '1d'
  )
}

export type WatchOptions = OptionsOf<typeof watchOptions>
