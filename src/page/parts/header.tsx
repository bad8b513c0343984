import type { JSX } from 'preact'
import { countText, rateText } from '../format/numbers.ts'
import { PERIOD_CHOICES } from '../format/periods.ts'
import { connection, status } from '../state/live.ts'
import { period } from '../state/summary.ts'
import { theme, toggleTheme } from '../state/theme.ts'
import { AlertsBadge } from './alerts/badge.tsx'
import { Logo, ThemeSign } from './icons.tsx'

const STATES = { opening: 'Connecting', live: 'Live', lost: 'Not connected' } as const

/** The bar at the top: is it live, how fast do lines come, which period is shown. */
export function Header(): JSX.Element {
  const now = status.value
  const perSecond = now?.sources.reduce((sum, source) => sum + source.rate, 0) ?? 0
  return (
    <header class="bar">
      <h1 class="brand">
        <Logo />
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
      <ThemeSign />
    </button>
  )
}
