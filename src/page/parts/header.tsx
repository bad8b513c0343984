import type { JSX } from 'preact'
import { count, rate } from '../format/numbers.ts'
import { connection, status } from '../state/live.ts'
import { AlertsBadge } from './alerts/badge.tsx'
import { PeriodPicker } from './period-picker.tsx'
import { ThemeButton } from './theme-button.tsx'

const STATES = { opening: 'Connecting', live: 'Live', lost: 'Not connected' } as const

/** The bar at the top: is it live, how fast do lines come, which period is shown. */
export function Header(): JSX.Element {
  const now = status.value
  const perSecond = now?.sources.reduce((sum, source) => sum + source.rate, 0) ?? 0
  return (
    <header class="bar">
      <h1 class="brand">
        <svg viewBox="6 12 20 10.7" aria-hidden="true">
          <path d="M6 13h20l-2.4 6.2a4 4 0 0 1-3.7 2.5h-.6a4 4 0 0 1-3.3-1.8 4 4 0 0 1-3.3 1.8h-.6a4 4 0 0 1-3.7-2.5z" />
        </svg>
        Visor
      </h1>
      <p class={`pulse ${connection.value}`}>
        <i aria-hidden="true" />
        {STATES[connection.value]}
      </p>
      <AlertsBadge />
      {now && (
        <p class="flow">
          <b data-figure="rate">{rate(perSecond)}</b> lines/s
          <span class="wide">
            {' '}
            · <b data-figure="read">{count(now.counters.read)}</b> read
          </span>
        </p>
      )}
      <PeriodPicker />
      <ThemeButton />
    </header>
  )
}
