import type { JSX } from 'preact'

/** The sign of Visor. */
export function Logo(): JSX.Element {
  return (
    <svg viewBox="6 12 20 10.7" aria-hidden="true">
      <path d="M6 13h20l-2.4 6.2a4 4 0 0 1-3.7 2.5h-.6a4 4 0 0 1-3.3-1.8 4 4 0 0 1-3.3 1.8h-.6a4 4 0 0 1-3.7-2.5z" />
    </svg>
  )
}

/** A half-filled disc: light and dark. */
export function ThemeSign(): JSX.Element {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" stroke-width="1.5" />
      <path d="M8 1.75a6.25 6.25 0 0 1 0 12.5z" fill="currentColor" />
    </svg>
  )
}
