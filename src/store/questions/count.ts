import { toMillis, type Micros } from '../../core/time.ts'
import { TIME_STEPS } from '../../query/index.ts'
import { selectAs, whole } from '../sql.ts'
import type { CountAnswer } from './answers.ts'
import { filterSql } from './filter.ts'
import { lineFilter } from './parameters.ts'
import { question } from './question.ts'

const STEPS = ['minute', 'hour', 'day'] as const satisfies (keyof typeof TIME_STEPS)[]

export const countQuestion = question({
  summary: 'How many lines pass a query in each step of time, oldest first; steps without any are left out.',
  parameters: z =>
    z.strictObject({
      ...lineFilter(z),
      by: z
        .enum(STEPS, { error: `must be one of ${STEPS.join(', ')}` })
        .optional()
        .describe('The step of UTC; an hour when absent.')
    }),
  needsLines: true,
  async read(reader, { by = 'hour', ...filter }) {
    const where = await filterSql(reader, filter)
    return selectAs(
      reader.connection,
      { time: Number, count: Number },
      `select step::double, count from (
         select ${stepSql(TIME_STEPS[by])} as step, count(*) as count from events e ${where.sql} group by step)
       order by step`,
      where.values
    )
  },
  api: {
    access: 'page',
    answer: (found): CountAnswer => ({
      counts: found.map(({ time, count }) => ({ time: toMillis(time), count }))
    })
  }
})

/** The start of a line's step of time. */
export function stepSql(step: Micros): string {
  const size = whole(step)
  return `(epoch_us(e.time) // ${size} - (epoch_us(e.time) % ${size} < 0)::int) * ${size}`
}
