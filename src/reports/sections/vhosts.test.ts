import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { analyze } from '../../engines/embedded/bulk.ts'
import { METRICS } from '../../metrics/index.ts'
import { reportContents } from '../analyzed.ts'
import { reportCsv } from '../csv.ts'
import { withoutDetails } from '../details.ts'
import { reportDocument } from '../document.ts'
import { jsonReport } from '../report.ts'
import { reportText } from '../text/text.ts'

const FORMAT = String.raw`%v %h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\" %D`
const HOSTILE = '=cmd|x!A0.example'

/** The report of requests `host path status` to hosts, each of which took a millisecond more than the one before. */
async function reportOf(requests: readonly string[], top = 100) {
  const folder = mkdtempSync(join(tmpdir(), 'visor-vhosts-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'access.log')
  const lines = requests.map((request, i) => {
    const [host, path, status] = request.split(' ')
    return `${host} 192.0.2.1 - - [30/Nov/2026:12:00:${String(i % 60).padStart(2, '0')} +0000] "GET ${path} HTTP/1.1" ${status} 100 "-" "Firefox/130.0" ${1000 * (i + 1)}\n`
  })
  writeFileSync(path, lines.join(''))
  const { signal } = new AbortController()
  return reportContents(await analyze([path], { signal, zone: 'UTC', format: FORMAT }), METRICS, top)
}

const REQUESTS = [
  ...Array.from({ length: 6 }, () => 'shop.example / 200'),
  ...Array.from({ length: 3 }, () => 'shop.example /pay 503'),
  'shop.example /cart 500',
  'shop.example /gone 404',
  `${HOSTILE} /pay 500`,
  `${HOSTILE} / 200`,
  'shop.example.org /old 502'
]

it('has a block for each of several hosts, with what fails of just that one', async () => {
  const contents = await reportOf(REQUESTS)
  const report = jsonReport(contents)
  expect(report.vhosts?.map(({ name, requests, failed }) => [name, requests, failed])).toEqual([
    [
      'shop.example',
      11,
      [
        { key: '/pay', count: 3, bytes: 300 },
        { key: '/cart', count: 1, bytes: 100 }
      ]
    ],
    [HOSTILE, 2, [{ key: '/pay', count: 1, bytes: 100 }]],
    ['shop.example.org', 1, [{ key: '/old', count: 1, bytes: 100 }]]
  ])
  const document = reportDocument(contents)
  const [first] = document.blocks.filter(({ name }) => name === 'vhost-1')
  expect(first).toMatchObject({
    title: 'shop.example',
    figures: [
      { label: 'Requests', value: 11 },
      { label: 'Errors', value: 5 },
      { label: 'Client errors', value: 1 / 11 },
      { label: 'Server errors', value: 4 / 11 },
      { label: 'Sent', value: 1100 },
      { label: 'Duration p95', value: expect.closeTo(0.011, 3) }
    ]
  })
  const text = reportText(document)
  expect(text).toMatch(/^shop\.example ─+\n {2}Requests +11$/m)
  expect(text).toMatch(/^Failed \(5xx\) of shop\.example ─+\n[^\n]*\n {2}\/pay +3 /m)
  const csv = reportCsv(document)
  expect(csv).toContain(`"vhost-2","'${HOSTILE}","","Requests","value","count",2`)
  expect(csv).not.toContain(`"${HOSTILE}"`)
  expect(JSON.stringify(withoutDetails(document).blocks)).not.toMatch(/shop\.example|\/pay/)
})

it('is bounded, and not there for one host', async () => {
  const many = await reportOf(Array.from({ length: 60 }, (_, i) => `h${i}.example / 200`))
  const named = reportDocument(many).blocks.filter(({ name }) => name.startsWith('vhost-'))
  expect(named).toHaveLength(20)
  const one = await reportOf(['shop.example / 500', 'shop.example / 200'])
  expect(reportDocument(one).blocks.filter(({ name }) => name.startsWith('vhost-'))).toEqual([])
})
