import fc from 'fast-check'
import { expect, it } from 'vitest'
import * as z from 'zod'
import { addKey, ALL_TIME, cellOf, type Rollup } from '../core/rollup.ts'
import { METRICS } from '../metrics/index.ts'
import { reportContents } from './analyzed.ts'
import type { TableBlock } from './block.ts'
import type { ReportContents } from './contents.ts'
import { contentsWithoutDetails, withoutDetails } from './details.ts'
import { jsonReport, reportSchema } from './report.ts'
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

it('leaves nothing of a log in the report in JSON', () => {
  const SECRET = 'word-of-a-log'
  const rollup: Rollup = new Map()
  for (const { name, key: field, classes, buckets, pair } of METRICS) {
    if (field === null || name === 'target') continue
    const key = classes ? '503' : buckets ? '12' : pair ? `503 ${SECRET}` : SECRET
    addKey(cellOf(rollup, ALL_TIME, '', name), key, 30, 1)
  }
  addKey(cellOf(rollup, ALL_TIME, '', 'requests'), '', 30, 1)
  addKey(cellOf(rollup, ALL_TIME, '', 'target'), 'secrets', 30, 1)
  for (const metric of ['answered_probe', 'path', 'login_client', 'probe_client'])
    addKey(cellOf(rollup, ALL_TIME, '', metric), `/.env?${SECRET}`, 30, 1)
  addKey(cellOf(rollup, ALL_TIME, '', 'level_message'), `error ${SECRET}`, 1, 0)
  const counters = { read: 1, parsed: 1, rejected: 0, late: 0, bytes: 1 }
  const analysis = { rollup, counters, files: [], from: 0, to: 60e6, zone: 'UTC' }
  const signature = { signature: SECRET, count: 1, sample: SECRET }
  const contents: ReportContents = {
    ...reportContents(analysis, METRICS, 10),
    signatures: { new: [signature], gone: [signature] },
    alerts: [{ id: '1', title: 'Errors', severity: 'info', about: SECRET, summary: SECRET, since: 0 }],
    spans: new Map([['message', new Map([[SECRET, { first: 0, last: 0 }]])]]),
    quality: { samples: [{ where: SECRET, reason: '', text: SECRET }], absent: [] }
  }
  const without = contentsWithoutDetails(contents)
  expect(JSON.stringify(jsonReport(contents))).toContain(SECRET)
  expect(JSON.stringify(jsonReport(without))).not.toContain(SECRET)
  expect(jsonReport(without)).toMatchObject({
    metrics: { status: { count: 30, top: [{ key: '503' }] }, path: { count: 60, top: [] } },
    alerts: [{ title: 'Errors' }]
  })
  reportSchema(z).parse(jsonReport(without))
})
