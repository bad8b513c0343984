import { computed } from '@preact/signals'
import { theme } from '../state/theme.ts'

/** Colours that a canvas needs, by the name of their custom property without `--`. */
const NAMES = [
  'tone-2xx',
  'tone-3xx',
  'tone-4xx',
  'tone-5xx',
  'tone-other',
  'tone-p50',
  'tone-p95',
  'chart-grid',
  'chart-text'
] as const

export type ColorName = (typeof NAMES)[number]
export type Palette = Readonly<Record<ColorName, string>>

/** The colours of the theme in use, as a canvas takes them. */
export const palette = computed<Palette>(() => {
  document.documentElement.dataset['theme'] = theme.value
  const probe = document.body.appendChild(document.createElement('i'))
  const color = (name: ColorName): string => {
    probe.style.color = `var(--${name})`
    return getComputedStyle(probe).color
  }
  const colors = {
    'tone-2xx': color('tone-2xx'),
    'tone-3xx': color('tone-3xx'),
    'tone-4xx': color('tone-4xx'),
    'tone-5xx': color('tone-5xx'),
    'tone-other': color('tone-other'),
    'tone-p50': color('tone-p50'),
    'tone-p95': color('tone-p95'),
    'chart-grid': color('chart-grid'),
    'chart-text': color('chart-text')
  }
  probe.remove()
  return colors
})
