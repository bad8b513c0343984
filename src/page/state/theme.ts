import { computed, effect, signal } from '@preact/signals'
import { PALETTE, type PaletteColor } from '../../core/palette.ts'

export type Theme = 'light' | 'dark'

/** Where the browser remembers it. */
const KEY = 'visor.theme'

const system = matchMedia('(prefers-color-scheme: dark)')
const systemDark = signal(system.matches)
const chosen = signal<Theme | undefined>(stored())

/** What the reader chose, else what the system prefers. */
export const theme = computed<Theme>(() => chosen.value ?? (systemDark.value ? 'dark' : 'light'))

/** A colour of the theme in use, for a canvas. */
export function themeColor(name: PaletteColor): string {
  return PALETTE[name][theme.peek() === 'dark' ? 1 : 0]
}

/** Puts the theme on the document, now and whenever it changes. */
export function applyTheme(): void {
  system.addEventListener('change', () => (systemDark.value = system.matches))
  effect(() => {
    document.documentElement.dataset['theme'] = theme.value
  })
}

export function toggleTheme(): void {
  chosen.value = theme.peek() === 'dark' ? 'light' : 'dark'
  try {
    localStorage.setItem(KEY, chosen.value)
  } catch {
    // Storage can be forbidden; it then holds until the page is closed.
  }
}

function stored(): Theme | undefined {
  try {
    const value = localStorage.getItem(KEY)
    return value === 'light' || value === 'dark' ? value : undefined
  } catch {
    return undefined
  }
}
