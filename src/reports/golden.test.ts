import { describe, expect, it } from 'vitest'
import { analyze } from '../engines/embedded/bulk.ts'
import { METRICS } from '../metrics/index.ts'
import { reportContents } from './analyzed.ts'
import { reportCsv } from './csv.ts'
import { reportDocument } from './document.ts'
import { jsonReport } from './report.ts'
import { sampleReport } from './testing/sample.ts'
import { reportText } from './text/text.ts'

// Read by people before they are taken: `vitest run src/reports/golden.test.ts -u` writes them anew.
const golden = (name: string): string => `../../test/golden/${name}`

describe('a report with a block of each type', () => {
  it('is this text', async () => {
    await expect(reportText(sampleReport(), 80)).toMatchFileSnapshot(golden('blocks.txt'))
    await expect(reportText(sampleReport(), 120)).toMatchFileSnapshot(golden('blocks-wide.txt'))
  })

  it('is this CSV', async () => {
    await expect(reportCsv(sampleReport())).toMatchFileSnapshot(golden('blocks.csv'))
  })
})

describe('the report of an access and an error log', async () => {
  const paths = ['test/samples/combined.log', 'test/samples/error24.log']
  const analysis = await analyze(paths, { zone: 'UTC', signal: new AbortController().signal })
  const contents = reportContents(analysis, METRICS, 10)

  it('is this text', async () => {
    await expect(reportText(reportDocument(contents))).toMatchFileSnapshot(golden('report.txt'))
  })

  it('is this JSON', async () => {
    await expect(`${JSON.stringify(jsonReport(contents), null, 2)}\n`).toMatchFileSnapshot(
      golden('report.json')
    )
  })

  it('is this CSV', async () => {
    await expect(reportCsv(reportDocument(contents))).toMatchFileSnapshot(golden('report.csv'))
  })
})
