import { toMillis } from '../../core/time.ts'
import { columnOf, DERIVED } from '../schema.ts'
import { selectAs, textOrNull, whole } from '../sql.ts'
import type { SignaturesAnswer } from './answers.ts'
import { derivedFields, filterSql } from './filter.ts'
import { limit, lineFilter } from './parameters.ts'
import { question } from './question.ts'

export const signaturesQuestion = question({
  summary:
    'Messages of error logs, those together that differ in numbers, paths and the like alone; the one seen last first.',
  parameters: z => z.strictObject({ ...lineFilter(z), limit: limit(z, 100) }),
  needsLines: true,
  async read(reader, { limit = 100, ...filter }) {
    const fields = await derivedFields(reader, ['signature'])
    const message = fields.get('message')
    if (!message) return []
    const where = await filterSql(reader, filter)
    const level = fields.get('level')
    return selectAs(
      reader.connection,
      { count: Number, first: Number, last: Number, level: textOrNull, signature: String, example: String },
      `with found as (
         select s.value as signature, count(*) as count, min(e.time) as first, max(e.time) as last,
           arg_max(e.${columnOf(message.id)}, e.time) as message, ${level ? `arg_max(e.${columnOf(level.id)}, e.time)` : '0'} as level
         from events e join (select code, value from ${DERIVED} where name = 'signature') s on s.code = e.${columnOf(message.id)}
         ${where.sql} group by 1 order by last desc, count desc limit ${whole(limit)})
       select count::double, epoch_us(first)::double, epoch_us(last)::double,
         ${level ? textSql(level.id, 'f.level') : 'null'}, signature, ${textSql(message.id, 'f.message')}
       from found f order by last desc, count desc`,
      where.values
    )
  },
  api: {
    access: 'page',
    answer: (found): SignaturesAnswer => ({
      signatures: found.map(one => ({ ...one, first: toMillis(one.first), last: toMillis(one.last) }))
    })
  }
})

function textSql(field: number, code: string): string {
  return `(select any_value(value) from dictionary where field = ${field} and code = ${code})`
}
