import {
  durationOption,
  flag,
  integer,
  storeOptions,
  textOption,
  valueOption,
  withDefault,
  type OptionsOf
} from '../options.ts'

export const actsOptions = {
  ...storeOptions,
  since: durationOption('--since <duration>', 'only so far back', '1s', '3650d'),
  by: textOption('--by <name>', 'only of who has this name'),
  limit: withDefault(
    valueOption('-n, --limit <count>', 'the newest, so many at most', integer(1, 10_000)),
    100
  ),
  json: flag('--json', 'print them as JSON')
}

export type ActsOptions = OptionsOf<typeof actsOptions>
