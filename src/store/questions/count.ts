import { toMillis } from '../../core/time.ts'
import { TIME_STEPS } from '../../query/index.ts'
import { selectAs } from '../sql.ts'
import type { CountAnswer } from './answers.ts'
import { filterSql } from './filter.ts'
import { lineFilter, zoneName } from './parameters.ts'
import { question } from './question.ts'
import { zonedSteps } from './steps.ts'

const STEPS = ['minute', 'hour', 'day'] as const satisfies (keyof typeof TIME_STEPS)[]

export const countQuestion = question({
  summary: 'How many lines pass a query in each step of time, oldest first; steps without any are left out.',
  parameters: z =>
    z.strictObject({
      ...lineFilter(z),
      by: z
        .enum(STEPS, { error: `must be one of ${STEPS.join(', ')}` })
        .optional()
        .describe('The step of time; an hour when absent.'),
      zone: zoneName(z)
    }),
  needsLines: true,
  async read(reader, { by = 'hour', zone = 'UTC', ...filter }) {
    const where = await filterSql(reader, filter)
    const step = (await zonedSteps(reader.connection, zone))(by)
    const found = await selectAs(
      reader.connection,
      { key: Number, count: Number },
      `select step::double, count from (
         select ${step.sql} as step, count(*) as count from events e ${where.sql} group by step)
       order by step`,
      where.values
    )
    return found.map(({ key, count }) => ({ time: step.start(key), count }))
  },
  api: {
    access: 'page',
    answer: (found): CountAnswer => ({
      counts: found.map(({ time, count }) => ({ time: toMillis(time), count }))
    })
  }
})
