/**
 * The colours of page, mails and messages, each for light and for dark surroundings. On the page a name is a custom property
 * (`--ink`); `tone-…` fills, `text-…` is to be read on `paper` and `surface`.
 */
export const PALETTE = {
  paper: ['#f6f6f3', '#0f1216'],
  surface: ['#fefefd', '#161a20'],
  sunken: ['#f1f1ed', '#11151a'],
  rule: ['#e4e3de', '#252b33'],
  'rule-strong': ['#d2d1ca', '#363e48'],
  ink: ['#1d2126', '#e7eaed'],
  'ink-2': ['#545b64', '#a9b1ba'],
  'ink-3': ['#656c75', '#8a939d'],
  accent: ['#0b6e83', '#63c3d3'],
  'accent-soft': ['#d9ecef', '#163a42'],
  good: ['#2f855a', '#5fbf8d'],
  'tone-success': ['#86b3c4', '#376f83'],
  'tone-info': ['#b3a9d6', '#6b619c'],
  'tone-warning': ['#d9963a', '#e0a04a'],
  'tone-critical': ['#cf3f43', '#f0605f'],
  'tone-other': ['#b5b8bb', '#646c75'],
  'tone-p50': ['#0b7f96', '#63c3d3'],
  'tone-p95': ['#8a6fc4', '#a892e0'],
  'text-warning': ['#96590a', '#ecb565'],
  'text-critical': ['#b52b31', '#ff8683'],
  share: ['#e3eef1', '#1c2d35'],
  'bad-wash': ['#fbe9e8', '#35191c'],
  'chart-grid': ['#ebeae5', '#21272e'],
  'chart-text': ['#6b727b', '#8a939d'],
  'on-accent': ['#ffffff', '#0f1216']
} as const satisfies Readonly<Record<string, readonly [light: string, dark: string]>>

export type PaletteColor = keyof typeof PALETTE

/** The colours as custom properties of a style sheet: `--paper:#f6f6f3;--surface:…`. */
export function customProperties(scheme: 'light' | 'dark'): string {
  return Object.entries(PALETTE)
    .map(([name, [light, dark]]) => `--${name}:${scheme === 'light' ? light : dark}`)
    .join(';')
}
