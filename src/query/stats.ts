import { fieldInfo, FIELDS } from '../derived/index.ts'
import { didYouMean } from '../core/suggest.ts'
import { DAY, HOUR, MINUTE } from '../core/time.ts'
import { withCaret } from '../core/caret.ts'
import { Reader } from './reader.ts'

/** What is worked out of the lines of a group. `unique`: the number of distinct values; `pN`: percentiles by nearest rank. */
export const MEASURES = ['count', 'sum', 'avg', 'min', 'max', 'unique', 'p50', 'p90', 'p95', 'p99'] as const
export type Measure = (typeof MEASURES)[number]

/** Steps of time that lines can be grouped by, with their lengths (Micros): of days mostly. */
export const TIME_STEPS = { minute: MINUTE, hour: HOUR, day: DAY } as const

/** One figure for each group of lines. */
export interface Stats {
  readonly measure: Measure
  /** Absent for `count` alone. */
  readonly field: string | undefined
  /** Fields, `minute`, `hour`, `day`, `status_class`, `source`, `kind`. None: all lines are one group. */
  readonly by: readonly string[]
}

/**
 * Reads `count by client`, `avg duration by path, status`, `p95 duration by hour`, `unique client by day`.
 * @throws VisorError QUERY with a caret under the character at fault
 */
export function parseStats(text: string): Stats {
  return withCaret('QUERY', text, () => {
    const reader = new Reader(text)
    reader.blanks()
    const start = reader.at
    const word = reader.take(/\w+/)?.[0] ?? ''
    const measure = MEASURES.find(one => one === word)
    if (!measure) return reader.fail(`Here one of ${MEASURES.join(', ')} is expected.`, start)
    reader.blanks()
    const field = measure === 'count' ? undefined : readField(reader, measure !== 'unique')
    reader.blanks()
    const by: string[] = []
    if (reader.take(/by\s+/)) {
      do by.push(readGroup(reader))
      while (reader.take(/\s*,\s*/))
    }
    reader.blanks()
    if (!reader.done) reader.fail(`Here \`by\` and fields are expected, as in \`count by client\`.`)
    return { measure, field, by }
  })
}

const NAME = /[A-Za-z_@][\w.@-]*/

function readField(reader: Reader, number: boolean): string {
  const start = reader.at
  const name = reader.take(NAME)?.[0] ?? reader.fail('Here a field is expected.')
  const info = fieldInfo(name) ?? reader.fail(unknown(name), start)
  if (number && info.type !== 'number') reader.fail(`\`${name}\` is no number.`, start)
  return name
}

function readGroup(reader: Reader): string {
  const start = reader.at
  const name = reader.take(NAME)?.[0] ?? reader.fail('Here a field, or minute, hour or day is expected.')
  return GROUPS.includes(name) || fieldInfo(name) ? name : reader.fail(unknown(name), start)
}

const GROUPS: readonly string[] = [...Object.keys(TIME_STEPS), 'status_class', 'source', 'kind']

function unknown(name: string): string {
  return `There is no field \`${name}\`${didYouMean(name, [...FIELDS.map(field => field.name), ...GROUPS], '`') || '.'}`
}
