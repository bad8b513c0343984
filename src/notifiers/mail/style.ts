import { PALETTE, type PaletteColor } from '../../core/palette.ts'
import { TONES, type Tone } from '../message/message.ts'

/*
 * How a mail looks. Its colours stand in it twice: inline for programs that are light, by classes for those that ask for dark
 * ones, which many cannot. Measures are inline alone.
 */

type Colors = Readonly<Partial<Record<'color' | 'background-color' | 'border-color', PaletteColor>>>

/** What a class colours. */
const PAINTS = {
  paper: { 'background-color': 'paper' },
  card: { 'background-color': 'surface', 'border-color': 'rule' },
  sunken: { 'background-color': 'sunken' },
  track: { 'background-color': 'chart-grid' },
  'card-line': { 'border-color': 'surface' },
  rule: { 'border-color': 'rule' },
  ink: { color: 'ink' },
  /** A table of values: lines between its rows where the style sheet is read. */
  data: {},
  soft: { color: 'ink-2' },
  faint: { color: 'ink-3' },
  error: { color: 'text-critical' },
  button: { 'background-color': 'accent', 'border-color': 'accent', color: 'on-accent' },
  plain: { 'background-color': 'surface', 'border-color': 'rule-strong', color: 'ink' }
} as const satisfies Readonly<Record<string, Colors>>

export type Paint = keyof typeof PAINTS | `${'fill' | 'text'}-${Tone}`

const ALL = new Map<string, Colors>(Object.entries(PAINTS))
for (const [tone, { fill, text }] of Object.entries(TONES))
  ALL.set(`fill-${tone}`, { 'background-color': fill }).set(`text-${tone}`, { color: text })

/** Attributes of an element in these colours, with more styles of its own. Nothing of it comes from a log. */
export function paint(paints: Paint | readonly Paint[], more = ''): string {
  const all: readonly Paint[] = typeof paints === 'string' ? [paints] : paints
  const styles = [...all.flatMap(name => declarations(ALL.get(name), 0)), ...(more === '' ? [] : [more])]
  return `class="${all.join(' ')}" style="${styles.join(';')}"`
}

function declarations(colors: Colors = {}, scheme: 0 | 1): string[] {
  return Object.entries(colors).map(([property, color]) => `${property}:${PALETTE[color][scheme]}`)
}

const dark = [...ALL].map(([name, colors]) => {
  const styles = declarations(colors, 1).map(style => `${style}!important`)
  return `.${name}{${styles.join(';')}}`
})

export const SANS =
  'font-family:-apple-system,BlinkMacSystemFont,Segoe UI,Roboto,Noto Sans,Helvetica,Arial,sans-serif'
export const MONO = 'font-family:ui-monospace,SF Mono,Menlo,Consolas,DejaVu Sans Mono,monospace'

/** What cells of tables look like, and what dark and small screens change. */
export const SHEET = `:root{color-scheme:light dark;supported-color-schemes:light dark}
.data td+td,.data th+th{padding-left:14px}.data th{font-weight:400;vertical-align:bottom}.data td{white-space:nowrap;border-top:1px solid ${PALETTE.rule[0]}}.bar{height:3px;background:${PALETTE['tone-other'][0]}}.data .long{white-space:normal;overflow-wrap:anywhere}.data .log{white-space:normal;${MONO};font-size:12px;word-break:break-word;overflow-wrap:anywhere}
@media (prefers-color-scheme:dark){${dark.join('')}.data td{border-color:${PALETTE.rule[1]}!important}.bar{background:${PALETTE['tone-other'][1]}!important}}
@media (max-width:480px){.side{padding-left:18px!important;padding-right:18px!important}.margin{padding:0!important}.wide{display:none!important}.data .short{white-space:normal!important}.cell{width:46%!important;padding-right:3%!important}.card{border-width:0!important;border-radius:0!important}}`

/** Attributes of a table that is there for its looks. */
export const TABLE = 'role="presentation" cellpadding="0" cellspacing="0" border="0" width="100%"'

/** The heading over a part. */
export function title(text: string): string {
  return `<div ${paint('faint', 'font-size:11px;line-height:16px;font-weight:600;letter-spacing:.05em;text-transform:uppercase;padding-bottom:6px')}>${text}</div>`
}
