import { writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, it } from 'vitest'
import { reportCsv } from './csv.ts'
import { HOSTILE, sampleReport } from './testing/sample.ts'

/** What another reader of CSV makes of it. */
async function read(csv: string): Promise<Record<string, unknown>[]> {
  const folder = mkdtempSync(join(tmpdir(), 'visor-csv-'))
  const file = join(folder, 'report.csv')
  writeFileSync(file, csv)
  const connection = await (await DuckDBInstance.create()).connect()
  try {
    const rows = await connection.runAndReadAll(
      `select * from read_csv('${file}', header = true, delim = ',', quote = '"', escape = '"', all_varchar = true, strict_mode = true, max_line_size = 1000000)`
    )
    return rows.getRowObjectsJson()
  } finally {
    connection.closeSync()
    rmSync(folder, { recursive: true })
  }
}

describe('reportCsv', () => {
  it('is one table with a row for each value, as another reader sees it', async () => {
    const rows = await read(reportCsv(sampleReport()))
    const valueOf = (block: string, key: string, column: string): unknown =>
      rows.find(row => row['block'] === block && row['key'] === key && row['column'] === column)
    expect(valueOf('path', '/index.html', 'Bytes')).toEqual({
      block: 'path',
      title: 'Paths',
      row: '1',
      key: '/index.html',
      column: 'Bytes',
      unit: 'bytes',
      value: '9000000'
    })
    expect(valueOf('path', '28 others', 'Requests')).toMatchObject({ row: 'rest', value: '1400' })
    expect(valueOf('totals', 'Errors', 'the day before')).toMatchObject({ unit: 'share', value: '0.01' })
    expect(valueOf('requests-over-time', '2026-01-31T01:00:00+01:00', '4xx')).toMatchObject({ row: '2' })
    expect(valueOf('visitors-by-day', '2026-01-31', 'Visitors')).toMatchObject({ value: '4321' })
    expect(valueOf('rejected', 'line 7, column 1: an address was expected', 'line')).toMatchObject({
      unit: 'log'
    })
    expect(valueOf('report', 'verdict', 'text')).toMatchObject({ value: expect.stringContaining('5.0 %') })
  })

  it('leaves empty what is unknown, and says why', async () => {
    const rows = await read(reportCsv(sampleReport()))
    const latency = rows.filter(({ key }) => key === 'Latency, p95')
    expect(latency.map(({ column, value }) => [column, value || null])).toEqual([
      ['value', null],
      ['missing', 'not in this format']
    ])
    const night = rows.find(
      ({ column, row, block }) => block === 'requests-over-time' && column === '2xx' && row === '5'
    )
    expect(night?.['value'] || null).toBeNull()
  })

  it('is RFC 4180: CR LF after every line, as many cells in each', () => {
    const lines = reportCsv(sampleReport()).split('\r\n')
    expect(lines.pop()).toBe('')
    for (const line of lines) {
      expect(line).not.toMatch(/[\r\n]/)
      expect(line.replaceAll(/"([^"]|"")*"/g, '').split(',')).toHaveLength(7)
    }
  })

  it.each(HOSTILE)('has no formula for any spreadsheet: %j', text => {
    const csv = reportCsv(sampleReport(text))
    // oxlint-disable-next-line no-control-regex
    expect(csv.replaceAll('\r\n', '')).not.toMatch(/[\u0000-\u001f\u007f\u202e]/)
    // Cells as programs cut them that take commas, semicolons, tabs or bars for separators, and know of no quotes.
    const cells = csv.split('\r\n').flatMap(line => [line, ...line.split(/[,;\t|]/), ...line.split('"')])
    const bare = cells.map(cell => cell.replace(/^"+/, ''))
    expect(bare.filter(cell => /^[=+\-@＝＋－＠]/u.test(cell) && !/^-?\d+(\.\d+)?$/.test(cell))).toEqual([])
  })
})
