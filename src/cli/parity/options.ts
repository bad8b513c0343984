import {
  configOption,
  formatOptions,
  integer,
  jsonOption,
  textOption,
  valueOption,
  withDefault,
  type OptionsOf
} from '../options.ts'

export const parityOptions = {
  engineA: withDefault(textOption('--engine-a <type>', 'the engine that is taken for right'), 'embedded'),
  engineB: withDefault(textOption('--engine-b <type>', 'the engine that is held against it'), 'spark'),
  connect: textOption(
    '--connect <address>',
    'where Spark is, such as sc://HOST:15002; that of the configuration, or a new one on this machine, when not given'
  ),
  config: configOption,
  ...formatOptions,
  shown: withDefault(
    valueOption('-n, --shown <count>', 'how many differences of each sort are shown', integer(0, 10_000)),
    10
  ),
  json: jsonOption
}

export type ParityOptions = OptionsOf<typeof parityOptions>
