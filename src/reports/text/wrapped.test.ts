import { assert, integer, property, string } from 'fast-check'
import { expect, it } from 'vitest'
import { widthOf, wrapped } from '../layout.ts'
import { sampleReport } from '../testing/sample.ts'
import { reportText } from './text.ts'

it('keeps what is short and in parentheses in one line, and a number with its unit', () => {
  expect(wrapped('10:00 to 10:01 UTC (1 min)', 22)).toEqual(['10:00 to 10:01 UTC', '(1 min)'])
  expect(wrapped('the error rate is now 12.5 %, more than', 26)).toEqual([
    'the error rate is now',
    '12.5 %, more than'
  ])
  expect(wrapped('5xx 37.7 % (+36.0 points), 1,108', 19)).toEqual(['5xx 37.7 %', '(+36.0 points),', '1,108'])
})

it('breaks what has no room anywhere', () => {
  expect(wrapped(`at /${'x'.repeat(20)} (a long remark)`, 10)).toEqual([
    'at',
    '/xxxxxxxxx',
    'xxxxxxxxxx',
    'x (a long',
    'remark)'
  ])
})

it('loses nothing but blanks, whatever the text is and however narrow the line', () => {
  const blanks = /\s+/gu
  assert(
    property(string({ unit: 'grapheme', maxLength: 200 }), integer({ min: 8, max: 90 }), (text, width) => {
      const lines = wrapped(text, width)
      expect(lines.join('').replaceAll(blanks, '')).toBe(text.replaceAll(blanks, ''))
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width)
    }),
    { seed: 11 }
  )
})

const SENTENCE =
  '417 of 1,108 requests failed, of no path or host alone, from 10:06 to 10:07; 3 alerts (Error rate, Slow and others), 1 line in the error log.'

it.each([72, 80, 100])('says the whole verdict, title and remarks in %i columns', width => {
  const text = reportText(
    {
      ...sampleReport(),
      subject: `shop: 5xx 37.6 % (+36.0 points), ${SENTENCE}`,
      verdict: { tone: 'critical', sentence: SENTENCE },
      facts: [{ name: 'Remark', text: SENTENCE }],
      blocks: [
        { type: 'paragraph', name: 'a', title: SENTENCE, note: SENTENCE, sentences: [SENTENCE] },
        {
          type: 'chart',
          name: 'b',
          title: 'Requests',
          time: [0],
          to: 60e6,
          series: [{ label: '5xx', unit: 'count', tone: 'critical', values: [1] }],
          marks: [{ from: 0, label: SENTENCE, tone: 'critical' }]
        }
      ]
    },
    width
  )
  // The subject, the verdict, the fact, the title with its note, the sentence, the mark.
  expect(text.replaceAll(/[─\s]+/gu, ' ').split(SENTENCE)).toHaveLength(8)
  expect(text).not.toContain('…')
})

it('says one other, and two others', () => {
  const tables = sampleReport().blocks.filter(block => block.type === 'table')
  const of = (more: number): string =>
    reportText({ ...sampleReport(), blocks: tables.map(table => ({ ...table, more })) })
  expect(of(1)).toContain('… 1 other ')
  expect(of(2)).toContain('… 2 others')
})

it('has an address in one line', () => {
  const link = `https://visor.example.org/?where=${'x'.repeat(120)}`
  expect(reportText({ ...sampleReport(), link }, 72).split('\n')).toContain(`  ${link}`)
})
