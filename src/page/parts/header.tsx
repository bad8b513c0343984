import type { JSX } from 'preact'
import { countText, rateText } from '../format/numbers.ts'
import { PERIOD_CHOICES } from '../format/periods.ts'
import { connection, status } from '../state/live.ts'
import { period } from '../state/summary.ts'
import { theme, toggleTheme } from '../state/theme.ts'
import { AlertsBadge } from './alerts/badge.tsx'

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
          <b data-figure="rate">{rateText(perSecond)}</b> lines/s
          <span class="wide">
            {' '}
            · <b data-figure="read">{countText(now.counters.read)}</b> read
          </span>
        </p>
      )}
      <PeriodPicker />
      <ThemeButton />
    </header>
  )
}

/** Which period the numbers, charts and tables are of. */
function PeriodPicker(): JSX.Element {
  return (
    <fieldset class="periods">
      <legend class="hidden">Period</legend>
      {PERIOD_CHOICES.map(choice => (
        <label key={choice.period}>
          <input
            type="radio"
            name="period"
            value={choice.period}
            checked={period.value === choice.period}
            onChange={() => void (period.value = choice.period)}
          />
          <span>{choice.label}</span>
        </label>
      ))}
    </fieldset>
  )
}

/** Changes between light and dark; the browser remembers it. */
function ThemeButton(): JSX.Element {
  const other = theme.value === 'dark' ? 'light' : 'dark'
  return (
    <button
      type="button"
      class="icon"
      onClick={toggleTheme}
      aria-label={`Use the ${other} theme`}
      title={`Use the ${other} theme`}
    >
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" stroke-width="1.5" />
        <path d="M8 1.75a6.25 6.25 0 0 1 0 12.5z" fill="currentColor" />
      </svg>
    </button>
  )
}
