import type { KnownStream } from '../../core/source.ts'
import { selectAs, textOrNull } from '../sql.ts'
import { question } from './question.ts'

export interface StoredPosition extends KnownStream {
  readonly finished: boolean
}

export const positionsQuestion = question({
  summary: 'Where reading goes on, for each stream of a source that was ever read.',
  parameters: z => z.custom<{ readonly source: string }>(),
  needsLines: false,
  async read({ connection }, { source }) {
    const rows = await selectAs(
      connection,
      {
        id: String,
        name: String,
        position: text => JSON.parse(String(text)),
        finished: Boolean,
        format: textOrNull
      },
      'select stream, name, position, finished, format from positions where source = $1 order by stream',
      [source]
    )
    return rows.map(({ format, ...row }): StoredPosition => ({
      ...row,
      ...(format !== null && { format: JSON.parse(format) })
    }))
  }
})
