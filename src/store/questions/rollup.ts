import { boundCell } from '../../core/rollup.ts'
import { toRows, type CellRows } from '../../core/rows.ts'
import { readCells, type CellQuery } from '../rollups.ts'
import { question } from './question.ts'

export const rollupQuestion = question({
  summary: 'Cells of metrics, those of the same bucket merged.',
  // The limit: keys kept in each cell, the largest first; the rest goes into `other`.
  parameters: z => z.custom<CellQuery & { readonly limit?: number }>(),
  needsLines: false,
  async read({ connection }, { limit, ...cells }): Promise<CellRows[]> {
    const rollup = await readCells(connection, cells)
    if (limit !== undefined) for (const cell of rollup.values()) boundCell(cell, limit)
    return toRows(rollup)
  }
})
