import { toMillis, type Micros } from '../../core/time.ts'
import { columnOf, DERIVED } from '../schema.ts'
import { select, whole } from '../sql.ts'
import type { SignaturesAnswer } from './answers.ts'
import { filterSql, lineFields } from './filter.ts'
import { limit, lineFilter } from './parameters.ts'
import { question } from './question.ts'

/** Messages of error logs that differ in numbers, paths, addresses and ids alone. */
export interface Signature {
  readonly signature: string
  /** Level of the last of them. */
  readonly level: string | null
  readonly count: number
  /** Times of the first and the last. */
  readonly first: Micros
  readonly last: Micros
  /** The last of the messages. */
  readonly example: string
}

export const signaturesQuestion = question({
  summary:
    'Messages of error logs, those together that differ in numbers, paths and the like alone; the one seen last first.',
  parameters: z => z.strictObject({ ...lineFilter(z), limit: limit(z, 100) }),
  needsLines: true,
  async read(reader, { limit = 100, ...filter }): Promise<Signature[]> {
    const fields = await lineFields(reader.connection)
    const message = fields.get('message')
    if (!message) return []
    await reader.derive(['signature'], fields)
    const where = await filterSql(reader, filter)
    const level = fields.get('level')
    const rows = await select(
      reader.connection,
      `with found as (
         select s.value as signature, count(*) as count, min(e.time) as first, max(e.time) as last,
           arg_max(e.${columnOf(message.id)}, e.time) as message, ${level ? `arg_max(e.${columnOf(level.id)}, e.time)` : '0'} as level
         from events e join (select code, value from ${DERIVED} where name = 'signature') s on s.code = e.${columnOf(message.id)}
         ${where.sql} group by 1 order by last desc, count desc limit ${whole(limit)})
       select signature, ${level ? textSql(level.id, 'f.level') : 'null'}, count::double, epoch_us(first)::double,
         epoch_us(last)::double, ${textSql(message.id, 'f.message')}
       from found f order by last desc, count desc`,
      where.values
    )
    return rows.map(([signature, level, count, first, last, example]): Signature => ({
      count: Number(count),
      first: Number(first),
      last: Number(last),
      level: typeof level === 'string' ? level : null,
      signature: String(signature),
      example: String(example)
    }))
  },
  api: {
    access: 'page',
    answer: (found): SignaturesAnswer => ({
      signatures: found.map(({ count, first, last, ...rest }) => ({
        count,
        first: toMillis(first),
        last: toMillis(last),
        ...rest
      }))
    })
  }
})

function textSql(field: number, code: string): string {
  return `(select any_value(value) from dictionary where field = ${field} and code = ${code})`
}
