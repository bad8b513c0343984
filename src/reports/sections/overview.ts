import { isoTime } from '../../core/units.ts'
import { lineCounts } from '../layout.ts'
import type { Zod } from '../../settings/zod.ts'
import { countIn, linesIn, timeIn, type Section } from '../section.ts'
import { comparedFigures } from '../measures.ts'

const members = (z: Zod) => ({
  where: z.string().optional().describe('The query that counted lines pass; `lines` and `bytes` are of all.'),
  lines: linesIn(z)
    .optional()
    .describe('Lines read; of a store, in the period by the clock. Absent where that is not known.'),
  counted: countIn(z).optional().describe('Of a store: lines of the period by their own time.'),
  bytes: countIn(z).optional().describe('Bytes read.'),
  period: z
    .strictObject({ from: timeIn(z).nullable(), to: timeIn(z).nullable() })
    .describe('What the report is of; of files the first and the last event.'),
  zone: z.string().describe('The time zone (IANA name) whose hours and days are shown.'),
  engine: z.enum(['embedded', 'spark']).describe('Who read the lines.'),
  importRate: z
    .strictObject({
      average: z.number(),
      peak: z.number().describe('The highest mean of a bucket of the timeline.'),
      peakFrom: timeIn(z),
      peakTo: timeIn(z)
    })
    .optional()
    .describe('Lines a second.'),
  figures: z
    .array(
      z.strictObject({
        label: z.string(),
        unit: z.string(),
        value: z.number().nullable().describe('`null` where it is unknown.'),
        missing: z.string().optional().describe('Why it is unknown.'),
        compared: z
          .array(z.strictObject({ label: z.string(), value: z.number().nullable() }))
          .describe('The same of other periods; `null` where it is unknown.')
      })
    )
    .describe('The numbers that matter most; times are in seconds, shares are 0 to 1.')
})

/** What was read: lines, period, and the numbers that matter most, each held against other periods. */
export const overview: Section<ReturnType<typeof members>> = {
  name: 'overview',
  members,
  json: contents => ({
    ...(contents.where !== undefined && { where: contents.where }),
    ...(contents.counters && { lines: lineCounts(contents.counters), bytes: contents.counters.bytes }),
    ...(contents.counted !== undefined && { counted: contents.counted }),
    period: { from: timeText(contents.period?.from), to: timeText(contents.period?.to) },
    zone: contents.period?.zone ?? 'UTC',
    engine: contents.engine,
    ...(contents.importRate && {
      importRate: {
        ...contents.importRate,
        peakFrom: isoTime(contents.importRate.peakFrom),
        peakTo: isoTime(contents.importRate.peakTo)
      }
    }),
    figures: comparedFigures(contents).map(({ label, unit, value, missing, compared = [] }) => ({
      label,
      unit,
      value: numberOrNull(value),
      ...(missing !== undefined && { missing }),
      compared: compared.map(one => ({ label: one.label, value: numberOrNull(one.value) }))
    }))
  }),
  blocks: contents => {
    const figures = comparedFigures(contents)
    return figures.length > 0 ? [{ type: 'figures', name: 'overview', title: 'In all', figures }] : []
  }
}

function timeText(time: number | undefined): string | null {
  return time === undefined ? null : isoTime(time)
}

function numberOrNull(value: number | string | undefined): number | null {
  return typeof value === 'number' ? value : null
}
