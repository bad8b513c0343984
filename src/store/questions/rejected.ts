import { toMillis, type Micros } from '../../core/time.ts'
import { blobBytes, select, whole } from '../sql.ts'
import type { RejectedAnswer } from './answers.ts'
import { limit, sources } from './parameters.ts'
import { question } from './question.ts'

/** A rejected line, with why. */
export interface StoredRejection {
  /** When it was stored. */
  readonly time: Micros
  readonly source: string
  /** The stream's name for people. */
  readonly name: string
  /** Byte in the stream where the line begins. */
  readonly offset: number
  readonly reason: string
  readonly line: Uint8Array
}

const decoder = new TextDecoder()

export const rejectedQuestion = question({
  summary: 'Lines that follow no format of their source, with the reason, those stored last first.',
  parameters: z => z.strictObject({ sources: sources(z), limit: limit(z, 100) }),
  needsLines: false,
  async read({ connection }, { sources, limit = 100 }) {
    const named = sources?.map((_, i) => `$${i + 1}`).join(', ')
    const rows = await select(
      connection,
      `select epoch_us(time)::double, source, name, "offset", reason, line from rejected
       ${named === undefined ? '' : `where source in (${named})`} order by number desc limit ${whole(limit)}`,
      [...(sources ?? [])]
    )
    return rows.map(([time, source, name, offset, reason, line]): StoredRejection => ({
      time: Number(time),
      source: String(source),
      name: String(name),
      offset: Number(offset),
      reason: String(reason),
      line: blobBytes(line)
    }))
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
