import type { KnownStream } from '../../core/source.ts'
import { select } from '../sql.ts'
import { question } from './question.ts'

export interface StoredPosition extends KnownStream {
  readonly finished: boolean
}

export const positionsQuestion = question({
  summary: 'Where reading goes on, for each stream of a source that was ever read.',
  parameters: z => z.custom<{ readonly source: string }>(),
  needsLines: false,
  async read({ connection }, { source }) {
    const rows = await select(
      connection,
      'select stream, name, position, finished, format from positions where source = $1 order by stream',
      [source]
    )
    return rows.map(([id, name, position, finished, format]): StoredPosition => ({
      id: String(id),
      name: String(name),
      position: JSON.parse(String(position)),
      finished: finished === true,
      ...(typeof format === 'string' && { format: JSON.parse(format) })
    }))
  }
})
