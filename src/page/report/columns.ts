import type { Block, TableBlock } from '../../reports/block.ts'

/** Blocks below each other in one column, or in two beside each other. */
export interface BlockRows {
  readonly columns: readonly (readonly Block[])[]
}

/** Rows of a table that are shown at first. */
export const FIRST_ROWS = 10

/** Characters of a text that stand beside numbers in half of the width. */
const CHARACTERS = 44

/**
 * Blocks in rows: what needs the width has a row of its own, tables between these are dealt out to two columns, each to the one that is
 * shorter so far.
 */
export function laidInColumns(blocks: readonly Block[]): BlockRows[] {
  const rows: { columns: Block[][]; heights: number[] }[] = []
  for (const block of blocks) {
    const narrow = block.type === 'table' && !isWide(block)
    let row = rows.at(-1)
    if (!narrow || !row || row.columns.length < 2) {
      row = narrow ? { columns: [[], []], heights: [0, 0] } : { columns: [[]], heights: [0] }
      rows.push(row)
    }
    const [left = 0, right = Infinity] = row.heights
    const shorter = left <= right ? 0 : 1
    row.columns[shorter]?.push(block)
    row.heights[shorter] = (row.heights[shorter] ?? 0) + (narrow ? heightOf(block) : 0)
  }
  // A table alone has all the width.
  return rows.map(({ columns }) => ({ columns: columns.filter(column => column.length > 0) }))
}

/** About how many lines a table takes at first. */
function heightOf({ rows, more = 0 }: TableBlock): number {
  const lines = rows.slice(0, FIRST_ROWS).map(({ cells }) => Math.ceil(lengthOf(cells) / CHARACTERS) || 1)
  return 4 + lines.reduce((sum, count) => sum + count, 0) + Number(more > 0 || rows.length > FIRST_ROWS)
}

/** Many columns or long texts need all the width. */
function isWide({ columns, rows }: TableBlock): boolean {
  const lengths = rows.map(({ cells }) => lengthOf(cells)).sort((a, b) => a - b)
  return columns.length > 5 || (lengths[lengths.length >> 1] ?? 0) > 1.4 * CHARACTERS
}

/** How long the texts of a row are together. */
function lengthOf(cells: TableBlock['rows'][number]['cells']): number {
  return cells.reduce<number>((sum, cell) => sum + (typeof cell === 'string' ? cell.length : 0), 0)
}
