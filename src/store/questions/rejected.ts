import { toMillis } from '../../core/time.ts'
import { blobBytes, oneOfNames, selectAs, whole } from '../sql.ts'
import type { RejectedAnswer } from './answers.ts'
import { limit, sources, times } from './parameters.ts'
import { question } from './question.ts'
import { between } from './readings.ts'

const decoder = new TextDecoder()

export const rejectedQuestion = question({
  summary: 'Lines that follow no format of their source, with the reason, those stored last first.',
  parameters: z => z.strictObject({ sources: sources(z), ...times(z, 'those stored'), limit: limit(z, 100) }),
  needsLines: false,
  async read({ connection }, { sources, from, to, limit = 100 }) {
    const ofSources = oneOfNames('source', sources)
    return selectAs(
      connection,
      { time: Number, source: String, name: String, offset: Number, reason: String, line: blobBytes },
      `select epoch_us(time)::double, source, name, "offset", reason, line from rejected
       where ${ofSources.sql} and ${between('epoch_us(time)', from, to)}
       order by number desc limit ${whole(limit)}`,
      ofSources.values
    )
  },
  api: {
    access: 'page',
    answer: (found): RejectedAnswer => ({
      rejected: found.map(({ time, line, ...rest }) => ({
        time: toMillis(time),
        ...rest,
        text: decoder.decode(line)
      }))
    })
  }
})
