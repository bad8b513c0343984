import type { Kind } from '../core/fields.ts'
import type { Format } from '../core/format.ts'
import { compileFormat, formatOf } from './compile.ts'
import { compileJson, isJsonText } from './json/format.ts'
import { presetLike, presetNamed, presets } from './presets.ts'
import { textError, TextProblem } from '../core/caret.ts'
import type { VisorError } from '../core/errors.ts'
import { compileNginx, readLogFormat, type LogFormat } from './nginx/format.ts'
import { namesVariable } from './nginx/variables.ts'
import { compileW3c, isFieldsLine } from './w3c.ts'

export { detect, type Detection } from './detect.ts'
export { presets } from './presets.ts'

/**
 * Lines that a server writes to its error log before it is set up, or that its children write: a message without a
 * header. They have the time of the line before them.
 */
const BARE: Format = formatOf('bare', 'error', 'bare', {
  steps: [{ op: 'text', field: 'message', until: '', quoted: false }],
  zoned: false
})

/** The formats of a log, and where lines without a header are to be expected in it, that of such lines as the last. */
export function withBare(formats: readonly Format[]): readonly Format[] {
  return formats.some(({ program }) => program.continued) ? [...formats, BARE] : formats
}

/**
 * The format that a text names: a preset (`combined`, `error 2.4`, without regard to case), a directive string,
 * the same in quotes, or a whole LogFormat, CustomLog or ErrorLogFormat line out of a server's configuration.
 * `kind` settles what kind of directive string it is; else an ErrorLogFormat is known by its `%M` or `%{u}t`.
 * @throws VisorError FORMAT with a caret under the character at fault
 */
export function formatFor(text: string, kind?: Kind): Format {
  if (text === BARE.text) return BARE
  if (isJsonText(text)) return ofKind(known(compileJson('json', text)), kind, text)
  if (isFieldsLine(text)) return ofKind(compileW3c(text), kind, text)
  const nginx = readNginx(text)
  if (nginx) return ofKind(compileNginx('custom', nginx), kind, nginx.text)
  const unwrapped = unwrap(text)
  const named = presetNamed(unwrapped.text)
  if (named) {
    return ofKind(named, kind, unwrapped.text)
  }
  if (!unwrapped.text.includes('%')) {
    const names = presets()
      .map(({ name }) => name)
      .join(', ')
    throw refused(unwrapped.text, `No format has this name; known are ${names}, or give a LogFormat string.`)
  }
  const wanted = kind ?? unwrapped.kind ?? guessKind(unwrapped.text)
  const custom = compileFormat('custom', wanted, unwrapped.text)
  const preset = known(custom)
  if (preset !== custom) return preset
  if (guessKind(custom.text) === wanted) return custom
  return { ...custom, text: `${wanted === 'error' ? 'ErrorLogFormat' : 'LogFormat'} "${custom.text}"` }
}

/** A `log_format` of nginx, or its string alone: one with variables of nginx and no directive of Apache. */
function readNginx(text: string): LogFormat | undefined {
  const statement = readLogFormat(text)
  if (statement) return statement
  const plain = unquote(text.trim())
  return namesVariable(plain) && !/%[-+!<>,\d]*(\{[^}]*\})?[A-Za-z^]/.test(plain)
    ? { text: plain, escape: 'default' }
    : undefined
}

/** The preset that is the same format, where there is one. */
function known(format: Format): Format {
  return presetLike(format) ?? format
}

function ofKind(format: Format, kind: Kind | undefined, text: string): Format {
  if (kind === undefined || kind === format.kind) return format
  throw refused(text, `This is a format of ${format.kind} logs, not of ${kind} logs.`)
}

function refused(text: string, why: string): VisorError {
  return textError('FORMAT', text, new TextProblem(why, 0))
}

/**
 * The formats that a text names, one a line: those of a log in which lines of several formats stand. A line that ends in a
 * backslash goes on, and so does an nginx statement up to its `;`.
 * @throws VisorError FORMAT as formatFor
 */
export function formatsFor(text: string): readonly Format[] {
  const each = text.match(ONE_FORMAT) ?? [text]
  return each.map(one => formatFor(one))
}

const ONE_FORMAT =
  /\s*log_format\s(?:'(?:\\[^]|[^'\\])*'|"(?:\\[^]|[^"\\])*"|[^;'"])*;?|(?:\\\r?\n|[^\n])*\S(?:\\\r?\n|[^\n])*/g

/** Only an ErrorLogFormat has a message, and times with options. */
function guessKind(text: string): Kind {
  const directives = text.matchAll(/%(?:[-+!<>,\d]|\{(?<argument>[^}]*)\})*(?<letter>.)/gs)
  const isError = Array.from(directives, ({ groups }) => {
    return (
      groups?.['letter'] === 'M' || (groups?.['letter'] === 't' && /^[ucz]+$/.test(groups['argument'] ?? ''))
    )
  }).includes(true)
  return isError ? 'error' : 'access'
}

/** What is left of a pasted text when configuration syntax is taken off: a directive string or a format's name. */
interface Unwrapped {
  readonly text: string
  /** Known where the directive that stood before it says so. */
  readonly kind: Kind | undefined
}

/**
 * Takes a directive string out of what people paste: `LogFormat "…" nickname`, `CustomLog path "…"`,
 * `ErrorLogFormat [connection|request] "…"`, a string in quotes, a string broken over lines. Apache's own pages have
 * no-break spaces in their examples; they are blanks.
 */
function unwrap(pasted: string): Unwrapped {
  const text = pasted.replaceAll(/[ \t]*\\?\r?\n\s*|\u00a0/g, ' ').trim()
  const directive = /^(LogFormat|CustomLog|GlobalLog|ErrorLogFormat)\s+/i.exec(text)
  if (!directive) return { text: unquote(text), kind: undefined }
  const words = splitWords(text.slice(directive[0].length))
  const [first = '', second] = words
  switch (directive[1]?.toLowerCase()) {
    case 'logformat':
      return { text: first, kind: 'access' }
    case 'errorlogformat':
      return { text: /^(connection|request)$/i.test(first) ? (second ?? '') : first, kind: 'error' }
    default:
      return { text: second ?? '', kind: 'access' }
  }
}

/** A string wholly in quotes without them. Quotes inside must be escaped, else the outer ones belong to the string. */
function unquote(text: string): string {
  return /^(?:"((?:\\.|[^"\\])*)"|'([^']*)')$/.exec(text)?.slice(1).find(Boolean) ?? text
}

/** Words of a configuration line, quotes taken off. */
function splitWords(text: string): string[] {
  return Array.from(text.matchAll(/"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|(\S+)/g), ([, ...words]) => {
    return words.find(word => word !== undefined) ?? ''
  })
}
