import fc from 'fast-check'
import { simpleParser } from 'mailparser'
import { describe, expect, it } from 'vitest'
import type { ReportNotification } from '../../../alerts/model.ts'
import type { ReportDocument } from '../../../reports/block.ts'
import { anyDocument } from '../../../reports/testing/documents.ts'
import { reportNotification } from '../../report.ts'
import { dependenciesOf } from '../../testing/dependencies.ts'
import { HOSTILE_REPORT, REPORT, REPORT_DOCUMENT } from '../../testing/reports.ts'
import { NOW } from '../../testing/samples.ts'
import { UNSEEN } from '../../testing/unseen.ts'
import { composeMail } from '../mime.ts'
import type { ComposedMail } from '../print.ts'
import { MAX_MAIL } from './compose.ts'

const ADDRESSES = { from: 'visor@example.org', to: ['me@example.org'], cc: [] }
const subscriptions = { has: () => true, link: () => 'https://visor.example.org/unsubscribe/x.y' }

const compose = (notification: ReportNotification): Promise<ComposedMail> =>
  composeMail(notification, ADDRESSES, dependenciesOf({ subscriptions }), () => false)
const of = (document: ReportDocument): ReportNotification =>
  reportNotification(document, { receiver: 'ops', schedule: 'daily', run: 'daily-1', created: NOW })

/** A report with so many tables of so many rows. */
function large(tables: number, rows: number): ReportDocument {
  const table = REPORT_DOCUMENT.blocks.find(({ type }) => type === 'table')!
  if (table.type !== 'table') throw new TypeError(table.type)
  const more = Array.from({ length: tables }, (_, i) => ({
    ...table,
    name: `table-${i}`,
    title: `Table ${i}`,
    rows: Array.from({ length: rows }, (_, row) => ({ cells: [`/path/${row}`, 1000 - row, 0.1, 0.01] }))
  }))
  return { ...REPORT_DOCUMENT, blocks: [...REPORT_DOCUMENT.blocks, ...more] }
}

const ELEMENTS = new Set('html head meta title style body div table tr td th h1 h2 b span a img'.split(' '))

/** What no mail may hold, whatever a log does. */
function expectInert({ html = '', text, subject }: ComposedMail): void {
  const tags = [...html.matchAll(/<([a-z]\w*)((?:\s+[\w-]+(?:="[^"]*")?)*)\s*>/gi)]
  expect(tags.map(([, name = '']) => name).filter(name => !ELEMENTS.has(name))).toEqual([])
  for (const [, , inside = ''] of tags) expect(inside.replaceAll(/"[^"]*"/g, '')).not.toMatch(/\son\w+/i)
  // Every "<" begins one of these elements.
  expect(html.split('<').length - 1).toBe(tags.length + (html.match(/<\/\w+>|<!doctype/gi)?.length ?? 0))
  for (const [, address = ''] of html.matchAll(/(?:href|src)="([^"]*)"/g))
    expect(address).toMatch(/^(https:\/\/visor\.example\.org\/|data:image\/png;base64,)/)
  expect(html).not.toMatch(/@import|<link|<script|javascript:/)
  expect(html).not.toMatch(UNSEEN)
  expect(text.replaceAll('\n', '')).not.toMatch(UNSEEN)
  expect(subject).not.toMatch(/[\r\n]/)
}

describe('the mail of a report', () => {
  it('of a usual day has all that the report has', async () => {
    const { html = '', text, bytes } = await compose(REPORT)
    for (const part of [
      'server errors 2.1 %',
      'not in this format',
      '+12.4 %',
      '203.0.113.7',
      'Not watched',
      'Rejected lines'
    ]) {
      expect(html).toContain(part)
      expect(text).toContain(part)
    }
    expect(html).not.toContain('There was no room')
    expect(bytes.length).toBeLessThanOrEqual(90_000)
  })

  it('says what an image shows where none is shown, and closes what it opens', async () => {
    const { html = '' } = await compose(REPORT)
    const alt = /<img [^>]*alt="([^"]*)"/.exec(html)?.[1]
    expect(alt).toMatch(
      /server errors: 20,251, most at 2026-11-24 14:00 \(9,800\).*1 of 24 bars unknown\. Marked: Visor did not run/
    )
    for (const name of ['table', 'tr', 'td', 'th', 'div', 'span', 'a', 'b', 'h1', 'h2', 'body'])
      expect([name, html.split(new RegExp(`<${name}[\\s>]`)).length]).toEqual([
        name,
        html.split(`</${name}>`).length
      ])
  })

  it('shows what is unknown as that, never as 0', async () => {
    const { html = '' } = await compose(REPORT)
    const row = /2001:db8::77.*?<\/tr>/s.exec(html)?.[0]
    expect(row).toContain('>–</td>')
  })

  it('has bars for single rows alone, none wider than the whole', async () => {
    const { html = '' } = await compose(REPORT)
    const rest = /150 others.*?<\/tr>/s.exec(html)?.[0]
    expect(rest).toContain('900,000')
    expect(rest).not.toContain('class="bar"')
    const widths = [...html.matchAll(/class="bar" style="width:(\d+)%"/g)].map(([, width]) => Number(width))
    expect(Math.max(...widths)).toBe(100)
  })

  it('is the same each time, but for boundaries', async () => {
    const [one, two] = [await compose(REPORT), await compose(REPORT)]
    expect([two.html, two.text, two.subject]).toEqual([one.html, one.text, one.subject])
  })

  it.each([
    [25, 15],
    [25, 100],
    [200, 100]
  ])('of %d tables of %d rows more says what it leaves out, and where it is', async (tables, rows) => {
    const { html = '', text, bytes } = await compose(of(large(tables, rows)))
    expect(bytes.length).toBeLessThanOrEqual(90_000)
    // It is not much shorter than it has to be.
    expect(bytes.length).toBeGreaterThan(MAX_MAIL / 2)
    for (const shown of [html, text]) {
      expect(shown).toMatch(/There was no room for all rows of \d+ tables\.|There was no room for: /)
      expect(shown).toContain('All of it is on the page')
    }
  })

  it('shows all rows that are asked for where they have room', async () => {
    const { html = '', text } = await compose(of(large(12, 10)))
    for (const shown of [html, text]) {
      expect(shown.split('/path/9')).toHaveLength(13)
      expect(shown).not.toContain('There was no room')
    }
  })

  it('has the whole subject and verdict however little room there is', async () => {
    const words = Array.from({ length: 90 }, (_, i) => `word-${i}`).join(' ')
    const { html = '', text } = await compose(
      of({
        ...large(200, 100),
        subject: `shop: ${words}`,
        verdict: { tone: 'critical', sentence: `${words}.` }
      })
    )
    for (const shown of [html, text])
      expect(shown.replaceAll(/[-─\s]+/g, ' ').split(words.replaceAll('-', ' '))).toHaveLength(
        3 + Number(shown === html)
      )
  })

  it('has the blocks of a group under one heading', async () => {
    const blocks = large(4, 1)
      .blocks.slice(-4)
      .map((block, i) => ({ ...block, group: ['A', 'B', 'A', 'B'][i]! }))
    const { html = '' } = await compose(of({ ...REPORT_DOCUMENT, blocks }))
    const heads = [...html.matchAll(/<h2[^>]*>([^<]*)<|>(Table \d)\b/g)].map(
      ([, group, title]) => group ?? title
    )
    expect(heads).toEqual(['A', 'Table 0', 'Table 2', 'B', 'Table 1', 'Table 3'])
  })

  it('gives the width to the column that is to fill it', async () => {
    const columns = [
      { label: 'Alert', unit: 'text' },
      { label: 'About', unit: 'log', fills: true },
      { label: 'Since', unit: 'time' }
    ] as const
    const rows = [{ cells: ['Many errors', 'source shop', 0] }]
    const { html = '' } = await compose(
      of({ ...REPORT_DOCUMENT, blocks: [{ type: 'table', name: 't', title: 'T', columns, rows }] })
    )
    expect(html).toMatch(
      /<th scope="col" align="left">Alert<.*<th scope="col" align="left" width="100%">About</
    )
  })

  it('says one other in the singular, and that there may be more', async () => {
    const [table] = large(1, 3).blocks.slice(-1)
    const shown = async (more: object): Promise<string> => {
      const { html = '' } = await compose(of({ ...REPORT_DOCUMENT, blocks: [{ ...table!, ...more }] }))
      return /([\d,]+ others?(?: or more)?)/.exec(html)?.[1] ?? ''
    }
    expect(await shown({ more: 1 })).toBe('1 other')
    expect(await shown({ more: 42, atLeast: true, rest: undefined })).toBe('42 others or more')
  })

  it('names the file that has the rest', async () => {
    const attachments = [{ name: 'daily.html', type: 'text/html', text: 'x'.repeat(300_000) }]
    const { text, bytes } = await compose({ ...of(large(60, 100)), attachments })
    expect(text).toContain('All of it is in the file daily.html')
    expect((await simpleParser(bytes)).attachments.map(({ filename }) => filename)).toContain('daily.html')
  })

  it('is inert whatever is in it', async () => expectInert(await compose(HOSTILE_REPORT)))

  it('is small and inert whatever report it is of', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(anyDocument, async document => {
        const mail = await compose(of(document))
        expect(mail.bytes.length).toBeLessThanOrEqual(90_000)
        expectInert(mail)
        const parsed = await simpleParser(mail.bytes)
        expect(parsed.bcc).toBeUndefined()
        expect(parsed.to).toMatchObject({ text: 'me@example.org' })
      }),
      { seed: 7, numRuns: 25 }
    )
  })
})
