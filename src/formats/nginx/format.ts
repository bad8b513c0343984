import type { EscapeStyle } from '../../core/escape.ts'
import type { Format } from '../../core/format.ts'
import { flatten, type Escapes, type Program } from '../../core/program.ts'
import { formatOf, originsOf } from '../compile.ts'
import { delimit } from '../delimit.ts'
import type { DirectiveItem, Item } from '../grammar.ts'
import { lower } from '../lower.ts'
import { withCaret } from '../../core/caret.ts'
import { accessTime, isZoned, strftimeSteps, type TimeDirective } from '../time.ts'
import { VARIABLE_NAMES, variableOf } from './variables.ts'

/** How nginx writes what stands in a variable: `log_format name escape=…`. */
export type Escape = 'default' | 'json' | 'none'

/** A `log_format`: its string with the pieces joined, and its escape. */
export interface LogFormat {
  readonly text: string
  readonly escape: Escape
}

const STYLES: Record<Escape, { style: EscapeStyle; escapes: Escapes }> = {
  default: { style: 'nginx', escapes: 'apache' },
  json: { style: 'json', escapes: 'json' },
  none: { style: 'none', escapes: 'none' }
}

/**
 * The format of an nginx `log_format` string (ngx_http_log_module): text and variables, `$name` or `${name}`.
 * @throws VisorError FORMAT with a caret under the character at fault
 */
export function compileNginx(name: string, { text, escape }: LogFormat): Format {
  const { style, escapes } = STYLES[escape]
  return withCaret('FORMAT', text, () => {
    const lowered = delimit(
      escape !== 'none',
      lower('access', [itemsOf(text)], { lookUp: variableOf, timeOf })
    )
    const { steps } = lowered
    const program: Program = { steps, zoned: isZoned(flatten(steps)), escapes }
    const origins = originsOf(lowered, text, /\$\{\w+\}|\$\w+/y)
    return formatOf(name, 'access', statementOf({ text, escape }), program, { style, origins })
  })
}

/** A string with the default escape stands for itself, any other in the statement that names its escape. */
function statementOf({ text, escape }: LogFormat): string {
  const quoted = text.replaceAll(/['\\]/g, found => `\\${found}`)
  return escape === 'default' ? text : `log_format custom escape=${escape} '${quoted}';`
}

function itemsOf(text: string): Item[] {
  const items: Item[] = []
  let from = 0
  for (const match of text.matchAll(VARIABLE_NAMES)) {
    if (match.index > from) items.push({ type: 'literal', text: text.slice(from, match.index), at: from })
    items.push(directiveOf(match[1] ?? match[2] ?? '', match.index))
    from = match.index + match[0].length
  }
  if (from < text.length) items.push({ type: 'literal', text: text.slice(from), at: from })
  return items
}

function directiveOf(letter: string, at: number): DirectiveItem {
  return {
    type: 'directive',
    letter,
    argument: undefined,
    redirect: undefined,
    hyphen: false,
    conditional: false,
    at
  }
}

function timeOf({ letter, at }: DirectiveItem): TimeDirective {
  const field = 'time'
  if (letter === 'time_local') return { field, steps: [{ op: 'clf', field }] }
  if (letter === 'msec') {
    const [seconds, fraction] = ['sec', 'msec_frac'].flatMap(part => accessTime(part, at).steps)
    return {
      field,
      steps: [seconds, { op: 'literal', text: '.' } as const, fraction].filter(step => step !== undefined)
    }
  }
  return {
    field,
    steps: [...strftimeSteps('%Y-%m-%dT%H:%M:%S', field, at), { op: 'timepart', field, part: 'zoneColon' }]
  }
}

/** A pasted `log_format name [escape=…] 'piece' 'piece'…;`, or a string with variables; `undefined` for anything else. */
export function readLogFormat(pasted: string): LogFormat | undefined {
  const statement = /^log_format\s+\S+\s+(?:escape=(default|json|none)\s+)?([^]*?);?\s*$/.exec(pasted.trim())
  if (!statement) return undefined
  const escape = ESCAPES.find(name => name === statement[1]) ?? 'default'
  const pieces = (statement[2] ?? '').matchAll(/'((?:\\[^]|[^'\\])*)'|"((?:\\[^]|[^"\\])*)"|(\S+)/g)
  const text = Array.from(pieces, ([, single, double, bare]) =>
    unescape(single ?? double ?? bare ?? '')
  ).join('')
  return { text, escape }
}

const ESCAPES: readonly Escape[] = ['default', 'json', 'none']

/** Escapes of nginx's configuration (ngx_conf_read_token); a backslash before anything else stays. */
function unescape(text: string): string {
  const letters: Record<string, string> = { t: '\t', r: '\r', n: '\n' }
  return text.replaceAll(/\\(["'\\trn])/g, (_, letter: string) => letters[letter] ?? letter)
}
