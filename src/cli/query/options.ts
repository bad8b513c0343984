import { InvalidArgumentError } from 'commander'
import type { TextParameters } from '../../store/questions/index.ts'
import {
  flag,
  sourceOption,
  storeOptions,
  textOption,
  valueOption,
  integer,
  zoneOption,
  type OptionsOf
} from '../options.ts'

export const queryOptions = {
  since: textOption(
    '--since <when>',
    'only lines from then on: a span back from now (1h, 7d) or an ISO time'
  ),
  until: textOption('--until <when>', 'only lines before then'),
  source: sourceOption,
  zone: zoneOption(
    "zone whose hours and days figures are by, and of times that name none; the configuration's or the machine's by default"
  ),
  fields: textOption('--fields <names>', 'print these fields instead of the lines, with commas between them'),
  limit: valueOption(
    '-n, --limit <count>',
    'the newest lines, or rows, at most (default: 100)',
    integer(1, 100_000)
  ),
  stats: textOption(
    '--stats <what>',
    "a figure for each group of lines: 'count by client', 'p95 duration by path'"
  ),
  signatures: flag('--signatures', 'messages of error logs that are alike, with first and last time'),
  sql: {
    ...textOption('--sql <select>', 'one SELECT over the view log'),
    conflicts: ['stats', 'signatures', 'fields', 'ask']
  },
  ask: {
    ...textOption('--ask <question>', 'another question to the store by its name; docs/api.md lists them'),
    conflicts: ['stats', 'signatures', 'fields']
  },
  with: valueOption(
    '--with <name=value>',
    'a parameter of that question; may be given again',
    (pair: string, before: TextParameters | undefined): TextParameters => ({
      ...before,
      ...parameterIn(pair)
    })
  ),
  json: { ...flag('--json', 'print one JSON object a line'), conflicts: ['csv'] },
  csv: flag('--csv', 'print CSV'),
  ...storeOptions
}

function parameterIn(pair: string): TextParameters {
  const [, name, text] = /^(\w+)=(.*)$/s.exec(pair) ?? []
  if (name === undefined) throw new InvalidArgumentError('Expected a name and a value, such as by=minute.')
  return { [name]: text }
}

export type QueryOptions = OptionsOf<typeof queryOptions>
