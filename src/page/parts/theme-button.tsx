import type { JSX } from 'preact'
import { theme, toggleTheme } from '../state/theme.ts'

/** Changes between light and dark; the browser remembers it. */
export function ThemeButton(): JSX.Element {
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
