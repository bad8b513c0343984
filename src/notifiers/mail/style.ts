/*
 * How a mail looks. Programs are told colours twice: inline for light ones, by classes for those that ask for dark ones, which
 * many cannot. Measures are inline alone.
 */

/** What a class sets: in the light, and in the dark. */
const PAINTS = {
  paper: ['background-color:#f4f4f0', 'background-color:#0f1216'],
  card: ['background-color:#fefefd;border-color:#e1e0da', 'background-color:#171b21;border-color:#2a313a'],
  sunken: ['background-color:#f4f4f0', 'background-color:#0f1216'],
  track: ['background-color:#ecebe6', 'background-color:#252b33'],
  'card-line': ['border-color:#fefefd', 'border-color:#171b21'],
  rule: ['border-color:#e4e3de', 'border-color:#2a313a'],
  ink: ['color:#1d2126', 'color:#e7eaed'],
  soft: ['color:#545b64', 'color:#a9b1ba'],
  faint: ['color:#6b727b', 'color:#8a939d'],
  error: ['color:#8f2328', 'color:#f2a3a1'],
  button: [
    'background-color:#1d2126;border-color:#1d2126;color:#ffffff',
    'background-color:#e7eaed;border-color:#e7eaed;color:#14171b'
  ],
  plain: [
    'background-color:#fefefd;border-color:#c9c8c1;color:#1d2126',
    'background-color:#171b21;border-color:#48525e;color:#e7eaed'
  ],
  'fill-critical': ['background-color:#c9373c', 'background-color:#e2555a'],
  'fill-warning': ['background-color:#b56c0c', 'background-color:#cf8a2c'],
  'fill-info': ['background-color:#0b6e83', 'background-color:#2b9db4'],
  'fill-good': ['background-color:#2f855a', 'background-color:#43a274'],
  'fill-calm': ['background-color:#9aa0a7', 'background-color:#5d6670'],
  'text-critical': ['color:#b52b31', 'color:#ff8683'],
  'text-warning': ['color:#8f5408', 'color:#ecb565'],
  'text-info': ['color:#0b6e83', 'color:#63c3d3'],
  'text-good': ['color:#2a744e', 'color:#5fbf8d'],
  'text-calm': ['color:#545b64', 'color:#a9b1ba']
} as const

export type Paint = keyof typeof PAINTS

/** Attributes of an element in these colours, with more styles of its own. Nothing of it comes from a log. */
export function paint(paints: Paint | readonly Paint[], more = ''): string {
  const all: readonly Paint[] = typeof paints === 'string' ? [paints] : paints
  const styles = [...all.map(name => PAINTS[name][0]), ...(more === '' ? [] : [more])]
  return `class="${all.join(' ')}" style="${styles.join(';')}"`
}

const dark = Object.entries(PAINTS).map(
  ([name, [, style]]) => `.${name}{${style.replaceAll(/(?=;)|$/g, '!important')}}`
)

/** What dark and small screens change. */
export const SHEET = `:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){${dark.join('')}}
@media (max-width:480px){.side{padding-left:18px!important;padding-right:18px!important}.margin{padding:0!important}.wide{display:none!important}.card{border-width:0!important;border-radius:0!important}}`

export const SANS =
  'font-family:-apple-system,BlinkMacSystemFont,Segoe UI,Roboto,Noto Sans,Helvetica,Arial,sans-serif'
export const MONO = 'font-family:ui-monospace,SF Mono,Menlo,Consolas,DejaVu Sans Mono,monospace'

/** Attributes of a table that is there for its looks. */
export const TABLE = 'role="presentation" cellpadding="0" cellspacing="0" border="0" width="100%"'

/** The heading over a part. */
export function title(text: string): string {
  return `<div ${paint('faint', 'font-size:11px;line-height:16px;font-weight:600;letter-spacing:.05em;text-transform:uppercase;padding-bottom:6px')}>${text}</div>`
}
