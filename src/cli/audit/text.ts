import { counted, formatCount, utcText } from '../../core/units.ts'
import type { Audit, AuditedDifference } from './run.ts'

/** What each class of lines is, for people. */
const WORDS = {
  waiting: 'wait to be read, or came meanwhile',
  passed: 'were not to be read: they stood there before the first start, or are read under another name',
  old: 'are older than the store keeps',
  rejected: 'follow no format',
  before: 'are of pieces from before the first start'
} as const

/** The audit of a source for people. */
export function auditText({
  source,
  pieces,
  lines,
  rejectedFound = 0,
  missing,
  double,
  counts,
  whole
}: Audit): string[] {
  const others = (['waiting', 'passed', 'old', 'rejected', 'before'] as const)
    .filter(name => lines[name] > 0)
    .map(
      name =>
        `  ${counted(lines[name], 'line')} ${WORDS[name]}${name === 'rejected' ? `; ${formatCount(rejectedFound)} of them are among those that the store keeps` : ''}`
    )
  return [
    `source ${source}: ${counted(pieces.length, 'file')}, ${counted(lines.due, 'line')} that have to be counted`,
    ...pieces.flatMap(({ path, state }) => {
      if (typeof state === 'object') return [`  cannot be read: ${state.unreadable}`]
      return state === 'never' ? [`  ${path} was never read`] : []
    }),
    ...others,
    ...(missing ? differenceText('missing in the store', missing) : []),
    ...(double ? differenceText('more often in the store than in the logs', double) : []),
    ...(counts
      ? [
          '  The lines are not kept, so only how many there are of each hour is compared.',
          ...counts.hours.map(
            hour =>
              `  ${utcText(hour.time)}: ${formatCount(hour.logged)} in the logs, ${formatCount(hour.counted)} counted`
          )
        ]
      : []),
    whole ? '  All is there, once.' : '  Not all is as it should be.'
  ]
}

function differenceText(what: string, { count, sample }: AuditedDifference): string[] {
  if (count === 0) return []
  return [
    `  ${counted(count, 'line')} ${what}:`,
    ...sample.map(({ file, line, text }) => `    ${file}:${line}: ${text}`),
    ...(count > sample.length ? [`    and ${formatCount(count - sample.length)} more`] : [])
  ]
}
