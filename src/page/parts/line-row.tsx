import type { JSX } from 'preact'
import type { RecentLine } from '../../server/api-types.ts'
import { toneOfValue } from '../../metrics/classes.ts'
import { shortTime } from '../format/times.ts'
import { LogText } from './log-text.tsx'

interface LineRowProps {
  readonly line: Omit<RecentLine, 'id' | 'kind'>
  readonly now: number
  /** Shows the source, where there are several. */
  readonly named: boolean
}

/** A line of a log as it was written, its time before it, and its tone where it is good or bad. */
export function LineRow({ line, now, named }: LineRowProps): JSX.Element {
  return (
    <li class={`tone-${lineTone(line)}`}>
      <time>{line.time === undefined ? '' : shortTime(line.time, now)}</time>
      {named && (
        <span class="from">
          <LogText text={line.source} />
        </span>
      )}
      <span class="what">
        {line.rejected !== undefined && (
          <span class="reason">
            rejected: <LogText text={line.rejected} />
          </span>
        )}
        <LogText text={line.text} />
      </span>
    </li>
  )
}

function lineTone({ rejected, status, level }: LineRowProps['line']): string {
  if (rejected !== undefined) return 'rejected'
  if (status !== undefined) return toneOfValue('status', String(status))
  return level === undefined ? 'other' : toneOfValue('level', level)
}
