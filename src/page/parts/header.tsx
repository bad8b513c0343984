import type { JSX } from 'preact'
import { countText, rateText } from '../format/numbers.ts'
import { PERIOD_CHOICES } from '../format/periods.ts'
import { caller, isSignedIn, loginAddress, signOut } from '../state/caller.ts'
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
      <div class="account">
        <Account />
        <ThemeButton />
      </div>
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

/** Who is signed in, and the way in or out. */
function Account(): JSX.Element | null {
  if (!caller.value) return null
  if (!isSignedIn.value) return <a href={loginAddress()}>Sign in</a>
  const { name, role, by } = caller.value
  return (
    <>
      <b title={`role ${role}`}>{name}</b>
      {by === 'session' && (
        <button type="button" class="text" onClick={() => void signOut()}>
          Sign out
        </button>
      )}
    </>
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
