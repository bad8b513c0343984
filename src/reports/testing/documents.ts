import fc from 'fast-check'
import { HOUR } from '../../core/time.ts'
import type { Block, ReportDocument, ValueUnit } from '../block.ts'

/** Any text that somebody may write into a log, some of it long. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '</td><script>alert(1)</script>',
    '\r\nBcc: victim@example.org\r\n\r\n',
    '<%= it %>',
    '=1+1',
    '" onload="x'
  ),
  fc
    .tuple(fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }), fc.nat(3000))
    .map(([part, times]) => part.repeat(times))
)
const tone = fc.constantFrom('success', 'info', 'other', 'warning', 'critical')
const number = fc.option(fc.oneof(fc.nat(), fc.double({ noNaN: true, min: 0, max: 1e15 })), {
  nil: undefined
})
const UNITS: readonly ValueUnit[] = [
  'count',
  'bytes',
  'seconds',
  'share',
  'rate',
  'time',
  'day',
  'span',
  'text',
  'log'
]
const head = { name: fc.stringMatching(/^[a-z0-9]{1,12}$/), title: text, note: text }

function cellOf(unit: ValueUnit): fc.Arbitrary<number | string | undefined> {
  if (unit === 'text' || unit === 'log') return text
  return unit === 'time' || unit === 'day' ? fc.integer({ min: 0, max: 4e15 }) : number
}

const table: fc.Arbitrary<Block> = fc
  .array(fc.constantFrom(...UNITS), { minLength: 1, maxLength: 8 })
  .chain(units =>
    fc.record({
      type: fc.constant('table' as const),
      ...head,
      columns: fc.tuple(...units.map(unit => fc.record({ label: text, unit: fc.constant(unit) }))),
      rows: fc.array(fc.record({ cells: fc.tuple(...units.map(cellOf)), tone }), { maxLength: 100 }),
      more: fc.nat()
    })
  )

const chart: fc.Arbitrary<Block> = fc.integer({ min: 0, max: 60 }).chain(length =>
  fc.record({
    type: fc.constant('chart' as const),
    ...head,
    time: fc.constant(Array.from({ length }, (_, i) => i * HOUR)),
    to: fc.constant(length * HOUR),
    series: fc.array(
      fc.record({
        label: text,
        unit: fc.constantFrom<ValueUnit>('count', 'bytes', 'seconds', 'share'),
        tone,
        values: fc.array(number, { minLength: length, maxLength: length })
      }),
      { maxLength: 5 }
    ),
    marks: fc.array(fc.record({ from: fc.integer({ min: 0, max: 60 * HOUR }), label: text, tone }), {
      maxLength: 30
    })
  })
)

const figures: fc.Arbitrary<Block> = fc.record({
  type: fc.constant('figures' as const),
  ...head,
  figures: fc.array(
    fc.record({
      label: text,
      unit: fc.constantFrom<ValueUnit>('count', 'share', 'bytes'),
      value: number,
      missing: text,
      note: text,
      compared: fc.array(fc.record({ label: text, value: number }), { maxLength: 2 })
    }),
    { maxLength: 20 }
  )
})

const samples: fc.Arbitrary<Block> = fc.record({
  type: fc.constant('samples' as const),
  ...head,
  samples: fc.array(fc.record({ text, about: text }), { maxLength: 30 })
})

const paragraph: fc.Arbitrary<Block> = fc.record({
  type: fc.constant('paragraph' as const),
  ...head,
  sentences: fc.array(text, { maxLength: 20 })
})

/** Reports of any size with any texts, for tests of what must hold of all. */
export const anyDocument: fc.Arbitrary<ReportDocument> = fc.record({
  subject: text,
  verdict: fc.record({ tone, sentence: text }),
  period: fc.constant({ from: 0, to: 60 * HOUR, zone: 'Asia/Kathmandu' }),
  facts: fc.array(fc.record({ name: text, text }), { maxLength: 20 }),
  blocks: fc
    .array(fc.oneof(table, chart, figures, samples, paragraph), { maxLength: 30 })
    .map(blocks => blocks.map((block, i) => ({ ...block, name: `${block.name}-${i}` }))),
  link: fc.constant('https://visor.example.org/?from=0&to=60')
})
