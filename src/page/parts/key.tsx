import type { JSX } from 'preact'
import { classesOf, toneOfValue } from '../../metrics/classes.ts'
import { LogText } from './log-text.tsx'

interface KeyProps {
  readonly field: string
  readonly value: string
}

/** A value of a field: what it means beside it where it is a code, its tone where it is good or bad. */
export function Key({ field, value }: KeyProps): JSX.Element {
  if (value === '') return <span class="faint">(empty)</span>
  const classes = classesOf(field)
  const meaning = classes?.meaningOf?.(value)
  return (
    <>
      {classes && <i class={`swatch tone-${toneOfValue(field, value)}`} aria-hidden="true" />}
      <LogText text={value} />
      {meaning !== undefined && <span class="faint"> {meaning}</span>}
    </>
  )
}
