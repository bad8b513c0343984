import { choiceOption, textOption, valueOption, integer, withDefault, type OptionsOf } from '../options.ts'

const ENGINES = ['embedded', 'spark'] as const

export const demoOptions = {
  host: withDefault(textOption('--host <address>', 'address of the page'), '127.0.0.1'),
  port: withDefault(
    valueOption('-p, --port <port>', 'port of the page, 0 for any free one', integer(0, 65_535)),
    7070
  ),
  rate: withDefault(valueOption('-r, --rate <lines>', 'lines a second, on average', integer(1, 100_000)), 50),
  engine: withDefault(
    choiceOption(
      '--engine <engine>',
      'what reads and counts: this process, or a Spark on this machine',
      ENGINES
    ),
    'embedded'
  )
}

export type DemoOptions = OptionsOf<typeof demoOptions>
