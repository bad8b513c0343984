import type { Block } from '../block.ts'
import type { ReportContents } from '../contents.ts'
import type { Zod } from '../../settings/zod.ts'
import { countIn, timeIn, type Section } from '../section.ts'
import { isoTime } from '../../core/units.ts'

const members = (z: Zod) => ({
  quality: z.strictObject({
    reasons: z
      .array(z.strictObject({ reason: z.string(), count: countIn(z) }))
      .optional()
      .describe('Rejected lines by reason, the commonest first; absent where that is not known.'),
    absent: z.array(z.string()).describe('Fields that no format of the access logs has.'),
    uncovered: z
      .array(z.strictObject({ from: timeIn(z), to: timeIn(z), why: z.string() }))
      .optional()
      .describe('Parts of the period that were not watched.')
  })
})

/** What could not be read, what the logs do not tell, and when nobody watched. */
export const quality: Section<ReturnType<typeof members>> = {
  name: 'quality',
  members,
  json: ({ quality: { reasons, absent }, uncovered }) => ({
    quality: {
      ...(reasons && { reasons }),
      absent,
      ...(uncovered && {
        uncovered: uncovered.map(({ from, to, why }) => ({ from: isoTime(from), to: isoTime(to), why }))
      })
    }
  }),
  blocks: contents => [
    ...reasonBlocks(contents),
    ...sampleBlocks(contents),
    ...gapBlocks(contents),
    ...notes(contents)
  ]
}

const group = 'Data quality'

function reasonBlocks({ quality: { reasons = [] } }: ReportContents): Block[] {
  if (reasons.length === 0) return []
  return [
    {
      type: 'table',
      name: 'rejected',
      title: 'Lines that could not be read',
      group,
      columns: [
        { label: 'Reason', unit: 'text', fills: true },
        { label: 'Lines', unit: 'count', bar: true }
      ],
      rows: reasons.slice(0, 10).map(({ reason, count }) => ({ cells: [reason, count] })),
      ...(reasons.length > 10 && { more: reasons.length - 10 })
    }
  ]
}

/** Reports of files have samples by file. */
function sampleBlocks({ origin, quality: { samples } }: ReportContents): Block[] {
  if (origin.kind === 'files' || samples.length === 0) return []
  return [
    {
      type: 'samples',
      name: 'rejected-samples',
      title: 'Some of them',
      group,
      samples: samples.slice(0, 3).map(({ where, reason, text }) => ({ text, about: `${where}, ${reason}` }))
    }
  ]
}

function gapBlocks({ uncovered = [] }: ReportContents): Block[] {
  if (uncovered.length === 0) return []
  return [
    {
      type: 'table',
      name: 'uncovered',
      title: 'Times that were not watched',
      group,
      columns: [
        { label: 'From', unit: 'time' },
        { label: 'To', unit: 'time' },
        { label: 'Why', unit: 'text', fills: true }
      ],
      rows: uncovered.map(({ from, to, why }) => ({ cells: [from, to, why], tone: 'warning' }))
    }
  ]
}

function notes({ origin, quality: { absent } }: ReportContents): Block[] {
  if (absent.length === 0) return []
  return [
    {
      type: 'paragraph',
      name: 'not-told',
      title: 'What these logs do not tell',
      group,
      sentences: [
        `${origin.kind === 'files' ? 'Their format has' : 'The requests of this time have'} no ${absent.join(', no ')}: what depends on that is left out, and does not count as zero.`
      ]
    }
  ]
}
