import type { Kind } from '../core/fields.ts'
import { DIRECTIVES, NAME, type Directive } from './directives.ts'
import { notation } from './lookup.ts'
import { NAMES, type Known } from './json/names.ts'
import { ALIASES, JSON_STRINGS, PRESET_STRINGS } from './presets.ts'
import { VARIABLES } from './nginx/variables.ts'
import { STRFTIME_LETTERS } from './time.ts'
import { W3C_FIELDS } from './w3c.ts'

const RULES = [
  '`%%`, the modifiers `<` `>` `!` and lists of statuses, `{arguments}`, and the escapes `\\"` `\\\\` `\\t` are read as Apache reads them.',
  'The string may stand in quotes, or in a whole `LogFormat`, `CustomLog` or `ErrorLogFormat` line.',
  'Each directive ends where the text behind it begins, so two that touch are refused, but for `%U%q` and times.',
  'A directive that tells what another one told has a numbered field: of `%s %>s` the fields are `status_2` and `status`, of `%h %a` they are `client` and `client_2`. `%D` goes before `%{ms}T` before `%T`, and `%B` before `%b`.',
  'All `%{…}t` together tell one time, those with `end:` a second one, `time_end`. What is told twice is a text, `time_2`.',
  'A value that is `-` is absent. Durations are microseconds inside.',
  'Where no other directive tells the client, `%{X-Forwarded-For}i` does: `client` is its first address, `forwarded` the others.',
  'In an ErrorLogFormat, what stands between blanks is left out as a whole where a directive in it has no value, as Apache does; `%-a` prints `-` instead. Such a field needs fixed text of its own (`[client\\ %a]`), or its neighbour is taken for it.'
]

const NGINX_RULES = [
  'A string of `log_format` (`$remote_addr [$time_local] "$request"`) or the whole statement, with `escape=default`, `json` or `none`. A string with a variable of nginx and no directive of Apache is one of nginx.',
  '`nginx_error` is its error log: level, process, thread, connection, message, and what it appends of the request.',
  'Any other variable is a text: `header.…`, `reply.…`, `cookie.…`, `ssl.…` by its name, else `var.…`.'
]

const W3C_RULES = [
  'The format is the `#Fields:` line itself. It is found in the log, also where another one comes later. Times are in UTC.',
  'Lines that begin with `#` are no lines. A `+` that stands for a blank stays a `+`.',
  'A name that is not in this table is a text: `header.…` of `cs(…)`, `reply.…` of `sc(…)`, else `var.…`.'
]

const JSON_RULES = [
  'One object a line. The format is a text `json field=member …`: which member fills which field. Names of members within members are joined with `.`; a backslash takes the `.`, `:`, `\\` or blank behind it into the name (`http\\.status`).',
  'Found out from the first lines by the names in the table below (compared without case, `_` and `-`; of several the first that the log has). Other members become fields `json.…`, those among headers `header.…` and `reply.…`.',
  '`time` is ISO 8601, the form of `%t`, or a number since 1970: seconds, milliseconds, microseconds or nanoseconds by its size, or in the unit given (`time=ts:ms`). A time without a zone is in UTC.',
  'A `duration` is in seconds, or in the unit given (`s`, `ms`, `us`, `ns`). Numbers may stand in strings.',
  '`path` is taken apart at its `?` unless `query` has a member of its own; `request` is a request line; `client=member:port` holds an address with a port, `client=member:chain` a list as X-Forwarded-For.',
  'Of an array the first text counts. `null`, `""` and `"-"` are absent.',
  'With `message` it is an error log, whose lines all have one; else an access log, whose lines all have the `status` and the `path` or `request` that it names. Both may stand in one log.',
  'A line that is no valid JSON (RFC 8259) is rejected with its place. Lines are stored as they are.'
]

const SEVERAL_RULES = [
  'A log may hold lines of several formats (access and error lines in one file): `format: [combined, error24]`, or found out from the first lines. Each line goes to the first format that it follows, and is counted and stored as one of that.',
  'Lines of an error log that have no header go on with the line before them: they are its field `details`. They make one line with it, also where lines are counted.',
  'Lines without a header behind no such line, and those that begin with an AH code, `(98)`, `httpd: ` and the like, as the server writes them while it starts (or `[-] [-] `, heartbeats of a generator), are lines of their own (`bare`): a message with the time of the line before.',
  'A line that begins as lines of the log do (`[`, in the error log of nginx a digit) and does not follow the format is rejected.'
]

/** The text of docs/formats.md as Markdown: named formats, rules, directives, time conversions, nginx, W3C. */
export function formatsTable(): string {
  const presets = PRESET_STRINGS.map(({ name, text, summary }) => [
    code(name),
    aliasesOf(name),
    summary,
    code(text)
  ])
  return [
    '## Named formats',
    markdownTable(['name', 'also', 'what it is', 'directive string'], presets),
    '## Directive strings',
    RULES.map(rule => `- ${rule}`).join('\n'),
    '## Directives of LogFormat (access logs)',
    directiveTable('access'),
    '## Directives of ErrorLogFormat (error logs)',
    directiveTable('error'),
    '## Conversions in `%{format}t`',
    `Besides \`sec\`, \`msec\`, \`usec\`, \`msec_frac\` and \`usec_frac\`, each after \`begin:\` or \`end:\` if need be: ${STRFTIME_LETTERS.map(letter => code(`%${letter}`)).join(' ')}.`,
    '## Several formats, and lines that go on',
    SEVERAL_RULES.map(rule => `- ${rule}`).join('\n'),
    '## nginx',
    NGINX_RULES.map(rule => `- ${rule}`).join('\n'),
    markdownTable(
      ['variable', 'field', 'meaning'],
      VARIABLES.map(({ name, meaning, summary }) => [code(`$${name}`), fieldsOf({ meaning }), summary])
    ),
    '## W3C extended log format (IIS)',
    W3C_RULES.map(rule => `- ${rule}`).join('\n'),
    markdownTable(
      ['name', 'field'],
      Object.entries(W3C_FIELDS).map(([name, meaning]) => [code(name), fieldsOf({ meaning })])
    ),
    '## JSON',
    JSON_RULES.map(rule => `- ${rule}`).join('\n'),
    markdownTable(
      ['name', 'what it is', 'format'],
      JSON_STRINGS.map(({ name, summary, text }) => [code(name), summary, code(text)])
    ),
    markdownTable(
      ['field', 'members'],
      Object.entries(NAMES).map(([field, known]) => [code(field), known.map(memberOf).join(' ')])
    )
  ].join('\n\n')
}

function directiveTable(kind: Kind): string {
  const rows = DIRECTIVES.filter(entry => entry.kind === kind).map(entry => [
    directiveCell(entry),
    fieldsOf(entry),
    entry.summary
  ])
  return markdownTable(['directive', 'field', 'meaning'], rows)
}

function directiveCell(entry: Directive): string {
  return entry.meaning.as === 'time' ? `${code('%t')} ${code(notation(entry))}` : code(notation(entry))
}

function fieldsOf({ meaning, argument }: Pick<Directive, 'meaning' | 'argument'>): string {
  switch (meaning.as) {
    case 'text':
    case 'number':
      return code(meaning.field + (argument === NAME ? '…' : ''))
    case 'address':
      return `${code(meaning.field)} ${code(meaning.port)}`
    case 'target':
      return '`path` `query`'
    case 'request':
      return ['method', 'path', 'query', 'protocol', 'request'].map(code).join(' ')
    case 'systemError':
      return '`os_error_code` `os_error`'
    case 'sourceFile':
      return '`file` `file_line`'
    default:
      return code(meaning.as)
  }
}

function aliasesOf(name: string): string {
  return Object.keys(ALIASES)
    .filter(alias => ALIASES[alias] === name)
    .map(code)
    .join(' ')
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map(tableLine).join('\n')
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function code(text: string): string {
  return `\`${text}\``
}

/** A known member, with the unit it is told in. */
function memberOf({ path, how, beside }: Known): string {
  const unit = how === undefined ? '' : ` (${how}${beside === undefined ? '' : `, beside ${code(beside)}`})`
  return code(path) + unit
}
