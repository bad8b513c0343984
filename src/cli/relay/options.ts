import { configOption, fromOption, required, textOption, type OptionsOf } from '../options.ts'

export const relayOptions = {
  to: required(textOption('-t, --to <target>', 'where lines go, such as kafka://127.0.0.1:9092/logs')),
  config: configOption,
  from: fromOption,
  state: textOption(
    '--state <file>',
    'where it is kept how far relaying has come; beside the store when not given'
  )
}

export type RelayOptions = OptionsOf<typeof relayOptions>
