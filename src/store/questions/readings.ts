import { MINUTE, type Micros } from '../../core/time.ts'
import type { Counters } from '../../core/source.ts'
import { oneOfNames, select, selectAs, whole } from '../sql.ts'
import type { ReadingsAnswer } from './answers.ts'
import { limit, sources, times } from './parameters.ts'
import { question } from './question.ts'

/** What became of the lines of a span. */
interface Readings {
  readonly reasons: { readonly reason: string; readonly count: number }[]
  /** Absent where the store does not know them. */
  readonly counters: Counters | undefined
}

export const readingsQuestion = question({
  summary:
    'What became of the lines that were stored in a span of the clock, by its minutes: the commonest reasons of those that were rejected, and the counters, which are left out where nothing is known of that time.',
  parameters: z =>
    z.strictObject({ sources: sources(z), ...times(z, 'what was stored'), limit: limit(z, 10) }),
  needsLines: false,
  async read({ connection }, { sources, from, to, limit = 10 }): Promise<Readings> {
    const { sql: ofSources, values } = oneOfNames('source', sources)
    const begin = from === undefined ? undefined : Math.floor(from / MINUTE) * MINUTE
    const reasons = await selectAs(
      connection,
      { reason: String, count: Number },
      `select reason, count(*)::double from rejected where ${ofSources} and ${between('epoch_us(time)', from, to)}
       group by reason order by 2 desc, 1 limit ${whole(limit)}`,
      values
    )
    const [row] = await select(
      connection,
      `select count(*) > 0 or coalesce((select min(start) <= ${whole(from ?? 0)} from readings), false),
         ${COUNTERS.map(name => `coalesce(sum(${name}), 0)`).join(', ')}
       from readings where ${ofSources} and ${between('start', begin, to)}`,
      values
    )
    const [known, ...counts] = row ?? []
    const [read = 0, parsed = 0, rejected = 0, late = 0, bytes = 0] = counts.map(Number)
    return { reasons, counters: known === true ? { read, parsed, rejected, late, bytes } : undefined }
  },
  api: {
    access: 'socket',
    answer: ({ reasons, counters }): ReadingsAnswer => ({ reasons, ...(counters && { counters }) })
  }
})

const COUNTERS = ['read', 'parsed', 'rejected', 'late', 'bytes'] as const

/** SQL of a time (Micros) that lies between two. */
export function between(time: string, from: Micros | undefined, to: Micros | undefined): string {
  const parts = [
    ...(from === undefined ? [] : [`${time} >= ${whole(from)}`]),
    ...(to === undefined ? [] : [`${time} < ${whole(to)}`])
  ]
  return parts.length > 0 ? parts.join(' and ') : 'true'
}
