import type { Counters } from '../../core/source.ts'
import { select } from '../sql.ts'
import { question } from './question.ts'

export const countersQuestion = question({
  summary: 'Lines of each source since the store was made.',
  parameters: z => z.custom<object>(),
  needsLines: false,
  async read({ connection }): Promise<Map<string, Counters>> {
    const rows = await select(connection, 'select source, read, parsed, rejected, late, bytes from counters')
    return new Map(
      rows.map(([source, ...counts]) => {
        const [read = 0, parsed = 0, rejected = 0, late = 0, bytes = 0] = counts.map(Number)
        return [String(source), { read, parsed, rejected, late, bytes }]
      })
    )
  }
})
