import {
  configOption,
  durationOption,
  flag,
  formatOptions,
  jsonOption,
  required,
  storeOptions,
  textOption,
  valueOption,
  integer,
  withDefault,
  type OptionsOf
} from '../options.ts'

const ruleOption = textOption('--rule <name>', 'only of this rule')

const limitOption = (summary: string) =>
  withDefault(valueOption('-n, --limit <count>', summary, integer(1, 10_000)), 100)

export const listOptions = {
  ...storeOptions,
  all: flag('-a, --all', 'those that are over, too'),
  rule: ruleOption,
  limit: limitOption('so many at most'),
  json: flag('--json', 'print them as JSON')
}

export type ListOptions = OptionsOf<typeof listOptions>

/** Of what shows one thing: an alert, a rule. */
export const showOptions = { ...storeOptions, json: jsonOption }

export type ShowOptions = OptionsOf<typeof showOptions>

export const historyOptions = {
  ...storeOptions,
  rule: ruleOption,
  since: durationOption('--since <duration>', 'only so far back', '1s', '3650d'),
  limit: limitOption('the newest, so many at most'),
  json: jsonOption
}

export type HistoryOptions = OptionsOf<typeof historyOptions>

export const silencesOptions = {
  ...storeOptions,
  all: flag('-a, --all', 'those that have ended, too'),
  json: flag('--json', 'print them as JSON')
}

export type SilencesOptions = OptionsOf<typeof silencesOptions>

export const acknowledgeOptions = {
  ...storeOptions,
  comment: textOption('--comment <text>', 'what is done about it'),
  owner: textOption('--owner <name>', 'who does it (default: $USER)'),
  undo: flag('--undo', 'take it back')
}

export type AcknowledgeOptions = OptionsOf<typeof acknowledgeOptions>

export const silenceOptions = {
  ...storeOptions,
  for: durationOption('--for <duration>', 'how long', '1s', '365d'),
  reason: textOption('--reason <text>', 'why'),
  author: textOption('--author <name>', 'who says so (default: $USER)'),
  end: textOption('--end <id>', 'end this one now')
}

export type SilenceOptions = OptionsOf<typeof silenceOptions>

export const testRuleOptions = {
  replay: required<readonly string[]>(
    textOption('--replay <file...>', 'log files, plain or gzip, read together in order of time')
  ),
  ...formatOptions,
  config: configOption,
  json: jsonOption
}

export type TestRuleOptions = OptionsOf<typeof testRuleOptions>
