import type { ReportNotification } from '../../alerts/model.ts'
import { DAY, HOUR, MINUTE, toMicros } from '../../core/time.ts'
import type { Block, Figure, ReportDocument, TableBlock } from '../../reports/block.ts'
import { reportNotification } from '../report.ts'
import { HOSTILE } from './hostile.ts'
import { NOW } from './samples.ts'

/** A Tuesday in Berlin. */
const FROM = toMicros(Date.UTC(2026, 10, 23, 23))
const TO = FROM + DAY

const figure = (label: string, more: Partial<Figure> & Pick<Figure, 'unit' | 'value'>): Figure => ({
  label,
  ...more
})

const FIGURES: readonly Figure[] = [
  figure('Requests', {
    unit: 'count',
    value: 1_204_331,
    compared: [
      { label: 'the day before', value: 1_071_224 },
      { label: 'the Tuesday before', value: 1_198_020 }
    ]
  }),
  figure('Server errors', {
    unit: 'share',
    value: 0.0213,
    tone: 'critical',
    compared: [
      { label: 'the day before', value: 0.0031, more: 'bad' },
      { label: 'the Tuesday before', value: 0.0029, more: 'bad' }
    ]
  }),
  figure('Visitors', {
    unit: 'count',
    value: 18_402,
    note: 'Address and user agent, bots apart; the count may be 1.6 % off.',
    compared: [{ label: 'the day before', value: 17_930 }]
  }),
  figure('Bytes', {
    unit: 'bytes',
    value: 48_120_331_002,
    compared: [{ label: 'the day before', value: 47e9 }]
  }),
  figure('Import rate', { unit: 'rate', value: 13.94, note: 'At most 212/s, at 14:03.' }),
  figure('Duration, p95', { unit: 'seconds', value: undefined, missing: 'not in this format' })
]

const HOURS = Array.from({ length: 24 }, (_, i) => FROM + i * HOUR)
const curve = (i: number): number => Math.round(24_000 * (1.4 + Math.sin((i - 8) / 3.8)))

function tableOf(name: string, title: string, group: string, keys: readonly string[]): TableBlock {
  return {
    type: 'table',
    name,
    title,
    group,
    note: `${keys.length * 31} distinct`,
    columns: [
      { label: title, unit: 'log', fills: true },
      { label: 'Requests', unit: 'count', bar: true },
      { label: 'Share', unit: 'share' },
      { label: 'Errors', unit: 'share' }
    ],
    rows: keys.map((key, i) => ({
      cells: [key, Math.round(90_000 / (i + 1)), 0.075 / (i + 1), i === 2 ? undefined : 0.004 * i],
      ...(i === 1 && { tone: 'critical' as const })
    })),
    more: keys.length * 30,
    ...(name === 'client' && { rest: [undefined, 900_000, 0.75, undefined] })
  }
}

const BLOCKS: readonly Block[] = [
  { type: 'figures', name: 'overview', title: 'In all', figures: FIGURES },
  {
    type: 'chart',
    name: 'requests-by-hour',
    title: 'Requests by hour',
    whole: 'requests',
    time: HOURS,
    to: TO,
    series: [
      {
        label: 'succeeded',
        unit: 'count',
        tone: 'success',
        values: HOURS.map((_, i) => (i === 4 ? undefined : curve(i)))
      },
      {
        label: 'not found',
        unit: 'count',
        tone: 'warning',
        values: HOURS.map((_, i) => (i === 4 ? undefined : Math.round(curve(i) / 20)))
      },
      {
        label: 'server errors',
        unit: 'count',
        tone: 'critical',
        values: HOURS.map((_, i) => (i === 4 ? undefined : i === 14 || i === 15 ? 9_800 : 31))
      }
    ],
    marks: [
      {
        from: FROM + 14 * HOUR + 3 * MINUTE,
        to: FROM + 15 * HOUR + 41 * MINUTE,
        label: 'Many server errors on shop.example.org',
        tone: 'critical'
      },
      { from: FROM + 13 * HOUR + 58 * MINUTE, label: 'The server was restarted', tone: 'info' },
      { from: FROM + 4 * HOUR, to: FROM + 5 * HOUR, label: 'Visor did not run', tone: 'other' }
    ]
  },
  {
    type: 'paragraph',
    name: 'alerts',
    title: 'Alerts',
    tone: 'critical',
    sentences: ['Many server errors on shop.example.org: at worst 11.4 %, for 1 h 38 min.']
  },
  tableOf('client', 'Clients', 'Who', [
    '203.0.113.7',
    '198.51.100.14',
    '2001:db8::77',
    '192.0.2.200',
    '192.0.2.201'
  ]),
  tableOf('agent', 'Agents', 'Who', [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
    'curl/8.9.1',
    'Googlebot/2.1'
  ]),
  tableOf('path', 'Paths', 'What', [
    '/',
    '/checkout',
    '/static/css/main.3f9a1c.css',
    '/api/v2/products/search?q=winter+coat&page=3&sort=price'
  ]),
  {
    type: 'samples',
    name: 'rejected',
    title: 'Rejected lines',
    samples: [
      {
        about: 'access.log:7, column 9: status is no number',
        text: '203.0.113.9 - - [24/Nov/2026:10:00:00 +0100] "GET / HTTP/1.1" - 12'
      }
    ],
    more: 3
  }
]

/** A report with a block of each type. */
export const REPORT_DOCUMENT: ReportDocument = {
  subject: 'shop: server errors 2.1 % (the day before 0.3 %), from 14:03 to 15:41',
  verdict: {
    tone: 'critical',
    sentence:
      'After a restart at 13:58, /checkout on shop.example.org failed for 1 h 38 min: 9,800 requests an hour got 500.'
  },
  period: { from: FROM, to: TO, zone: 'Europe/Berlin' },
  facts: [
    { name: 'Period', text: 'Tue 2026-11-24 00:00 to Wed 2026-11-25 00:00, Europe/Berlin (24 h)' },
    { name: 'Sources', text: 'shop, shop-errors' },
    { name: 'Engine', text: 'embedded' },
    { name: 'Not watched', text: '2026-11-24 04:00 to 05:00: Visor did not run' }
  ],
  blocks: BLOCKS,
  link: 'https://visor.example.org/?from=2026-11-23T23:00:00Z&to=2026-11-24T23:00:00Z'
}

/** All of a document's texts are hostile and long; there is much of everything. */
function hostileDocument(): ReportDocument {
  const long = `${HOSTILE} ${'"<é🙂'.repeat(2000)}`
  const blocks = BLOCKS.map((block): Block => {
    const head = { ...block, title: HOSTILE, note: long, group: long }
    switch (head.type) {
      case 'figures':
        return {
          ...head,
          figures: head.figures.map(one => ({ ...one, label: long, note: long, missing: long }))
        }
      case 'table':
        return { ...head, rows: Array.from({ length: 100 }, () => ({ cells: [long, 1, 0.5, 0.1] })) }
      case 'chart':
        return { ...head, marks: head.marks.map(mark => ({ ...mark, label: long })) }
      case 'samples':
        return { ...head, samples: Array.from({ length: 50 }, () => ({ text: long, about: long })) }
      default:
        return { ...head, sentences: [long, long] }
    }
  })
  return {
    ...REPORT_DOCUMENT,
    subject: `first seen: ${long}`,
    verdict: { tone: 'warning', sentence: long },
    facts: Array.from({ length: 20 }, () => ({ name: HOSTILE, text: long })),
    blocks: Array.from({ length: 8 }, (_, i) =>
      blocks.map(block => ({ ...block, name: `${block.name}-${i}` }))
    ).flat()
  }
}

export const REPORT: ReportNotification = reportNotification(REPORT_DOCUMENT, {
  run: 'daily-1',
  receiver: 'ops',
  schedule: 'daily',
  created: NOW
})

export const HOSTILE_REPORT: ReportNotification = reportNotification(hostileDocument(), {
  run: 'hostile-1',
  receiver: 'ops',
  schedule: HOSTILE,
  created: NOW
})
