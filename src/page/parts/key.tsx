import type { JSX } from 'preact'
import { levelTone, reason, statusTone } from '../format/status.ts'
import { LogText } from './log-text.tsx'

interface KeyProps {
  /** The field, or the metric. */
  readonly metric: string
  readonly value: string
}

/** A key of a table: what it means beside it where it is a code, its tone where it is good or bad. */
export function Key({ metric, value }: KeyProps): JSX.Element {
  if (metric === 'status')
    return (
      <>
        <i class={`swatch tone-${statusTone(Number(value))}`} aria-hidden="true" />
        <LogText text={value} /> <span class="faint">{reason(value)}</span>
      </>
    )
  if (metric === 'level')
    return (
      <>
        <i class={`swatch tone-${levelTone(value)}`} aria-hidden="true" />
        <LogText text={value} />
      </>
    )
  return value === '' ? <span class="faint">(empty)</span> : <LogText text={value} />
}
