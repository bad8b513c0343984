import type { Counters } from '../core/source.ts'
import { toMillis } from '../core/time.ts'
import { counted, formatBytes, formatCount, formatSpan } from '../core/units.ts'
import type { ReportDocument } from './block.ts'
import type { ReportContents } from './contents.ts'
import { SECTIONS, type AnySection } from './report.ts'
import { clockIn } from '../core/steps.ts'

/** The report of some contents, to be drawn. */
export function reportDocument(
  contents: ReportContents,
  sections: readonly AnySection[] = SECTIONS
): ReportDocument {
  const { counters, from, to } = contents
  return {
    subject: 'Visor report',
    verdict: verdictOf(contents),
    period: from === undefined || to === undefined ? undefined : { from, to, zone: 'UTC' },
    facts: [
      ...(counters ? [{ name: 'Lines', text: linesText(counters) }] : []),
      ...factsOf(contents),
      ...(counters ? [{ name: 'Read', text: readText(contents.files.length, counters) }] : [])
    ],
    blocks: sections.flatMap(section => section.blocks(contents))
  }
}

function readText(files: number, { bytes }: Counters): string {
  return [...(files > 0 ? [counted(files, 'file')] : []), formatBytes(bytes)].join(', ')
}

function linesText({ read, parsed, rejected, late }: Counters): string {
  const [all, good, bad, old] = [read, parsed, rejected, late].map(formatCount)
  return `${all} read = ${good} parsed + ${bad} rejected + ${old} late`
}

function factsOf({ where, from, to }: ReportContents): ReportDocument['facts'] {
  const clock = clockIn('UTC')
  return [
    ...(where === undefined ? [] : [{ name: 'Where', text: where }]),
    ...(from === undefined || to === undefined
      ? []
      : [{ name: 'Period', text: `${clock(from)} to ${clock(to)} UTC (${formatSpan(toMillis(to - from))})` }])
  ]
}

function verdictOf({ counters, files }: ReportContents): ReportDocument['verdict'] {
  const unread = files.filter(({ problem }) => problem !== undefined).length
  if (unread > 0)
    return { tone: 'critical', sentence: `${counted(unread, 'file')} could not be read to the end.` }
  if (!counters) return { tone: 'other', sentence: 'It is not known what was read in that time.' }
  if (counters.rejected > 0)
    return {
      tone: 'warning',
      sentence: `${counted(counters.rejected, 'line')} of ${formatCount(counters.read)} ${counters.rejected === 1 ? 'does' : 'do'} not follow the format.`
    }
  return { tone: 'success', sentence: `All ${counted(counters.read, 'line')} follow their format.` }
}
