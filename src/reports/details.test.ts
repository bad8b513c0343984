import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { TableBlock } from './block.ts'
import { withoutDetails } from './details.ts'
import { anyDocument } from './testing/documents.ts'

const table = (columns: TableBlock['columns'], cells: TableBlock['rows'][number]['cells']): TableBlock => ({
  type: 'table',
  name: 't',
  title: 'T',
  columns,
  rows: [{ cells, query: 'client:192.0.2.1' }],
  more: 1,
  rest: cells
})

const of = (block: TableBlock) =>
  withoutDetails({
    subject: '',
    verdict: { tone: 'info', sentence: '' },
    period: undefined,
    facts: [],
    blocks: [block]
  }).blocks

it('leaves figures that still have a name, without the query that finds their lines', () => {
  const columns = [
    { label: 'Alert', unit: 'text' },
    { label: 'About', unit: 'log' },
    { label: 'Lasted', unit: 'span' }
  ] as const
  expect(of(table(columns, ['Many errors', '192.0.2.1', 60]))).toEqual([
    {
      ...table([columns[0], columns[2]], ['Many errors', 60]),
      rows: [{ cells: ['Many errors', 60] }]
    }
  ])
})

it('leaves no table whose rows only a log names', () => {
  expect(
    of(
      table(
        [
          { label: 'Path', unit: 'log' },
          { label: 'Requests', unit: 'count' }
        ],
        ['/secret', 5]
      )
    )
  ).toEqual([])
})

it('leaves nothing of a log, whatever the report holds', () => {
  fc.assert(
    fc.property(anyDocument, document => {
      for (const block of withoutDetails(document).blocks) {
        expect(block.type).not.toBe('samples')
        if (block.type !== 'table') continue
        expect(block.columns.map(({ unit }) => unit)).not.toContain('log')
        for (const { cells } of block.rows) expect(cells).toHaveLength(block.columns.length)
      }
    }),
    { seed: 6, numRuns: 60 }
  )
})
