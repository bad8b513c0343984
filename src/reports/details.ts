import type { Block, ReportDocument, TableBlock } from './block.ts'

/**
 * A report with figures alone, for those who must not see addresses, paths or lines: nothing that came out of a log is in it.
 * Columns of log text go, tables that say nothing without them, and samples. Subject and verdict are to be made without details.
 */
export function withoutDetails(document: ReportDocument): ReportDocument {
  return { ...document, blocks: document.blocks.flatMap(blockWithout) }
}

function blockWithout(block: Block): Block[] {
  if (block.type === 'samples') return []
  if (block.type !== 'table') return [block]
  const shown = block.columns.map(({ unit }) => unit !== 'log')
  if (shown.every(is => is)) return [{ ...block, rows: block.rows.map(({ query: _query, ...row }) => row) }]
  return tableWithout(block, shown)
}

/** Without its names a row says something only where another text or a time still names it. */
function tableWithout({ rest, ...block }: TableBlock, shown: readonly boolean[]): Block[] {
  const columns = block.columns.filter((_, i) => shown[i])
  if (!columns.some(({ unit }) => unit === 'text' || unit === 'time' || unit === 'day')) return []
  const of = <T>(cells: readonly T[]): T[] => cells.filter((_, i) => shown[i])
  return [
    {
      ...block,
      columns,
      rows: block.rows.map(({ query: _query, cells, ...row }) => ({ ...row, cells: of(cells) })),
      ...(rest && { rest: of(rest) })
    }
  ]
}
