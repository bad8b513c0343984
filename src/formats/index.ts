import type { Kind } from '../core/fields.ts'
import type { Format } from '../core/format.ts'
import { compileFormat } from './compile.ts'
import { compileJson, isJsonText } from './json/format.ts'
import { PRESETS, presetNamed } from './presets.ts'
import { formatError } from './problem.ts'
import { BARE } from './several.ts'
import { compileNginx, readLogFormat, type LogFormat } from './nginx/format.ts'
import { namesVariable } from './nginx/variables.ts'
import { unquote, unwrap } from './unwrap.ts'
import { compileW3c, isFieldsLine } from './w3c.ts'

export { detect, type Detection } from './detect.ts'
export { PRESETS } from './presets.ts'
export { withBare } from './several.ts'

/**
 * The format that a text names: a preset (`combined`, `error 2.4`, without regard to case), a directive string,
 * the same in quotes, or a whole LogFormat, CustomLog or ErrorLogFormat line out of a server's configuration.
 * `kind` settles what kind of directive string it is; else an ErrorLogFormat is told by its `%M` or `%{u}t`.
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
    const names = PRESETS.map(({ name }) => name).join(', ')
    throw formatError(
      unwrapped.text,
      0,
      `No format has this name; known are ${names}, or give a LogFormat string.`
    )
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
  return PRESETS.find(({ kind, text }) => kind === format.kind && text === format.text) ?? format
}

function ofKind(format: Format, kind: Kind | undefined, text: string): Format {
  if (kind === undefined || kind === format.kind) return format
  throw formatError(text, 0, `This is a format of ${format.kind} logs, not of ${kind} logs.`)
}

/**
 * The formats that a text names, one a line: those of a log in which lines of several formats stand.
 * @throws VisorError FORMAT as formatFor
 */
export function formatsFor(text: string): readonly Format[] {
  return text.split('\n').map(line => formatFor(line))
}

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
