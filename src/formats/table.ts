import type { Kind } from '../core/fields.ts'
import { DIRECTIVES, NAME, type Directive } from './directives.ts'
import { notation } from './lookup.ts'
import { ALIASES, PRESET_STRINGS } from './presets.ts'
import { STRFTIME_LETTERS } from './time.ts'

const RULES = [
  '`%%`, the modifiers `<` `>` `!` and lists of statuses, `{arguments}`, and the escapes `\\"` `\\\\` `\\t` are read as Apache reads them.',
  'The string may stand in quotes, or in a whole `LogFormat`, `CustomLog` or `ErrorLogFormat` line.',
  'Each directive ends where the text behind it begins, so two that touch are refused, but for `%U%q` and times.',
  'A directive that tells what another one told has a numbered field: of `%s %>s` the fields are `status_2` and `status`, of `%h %a` they are `client` and `client_2`. `%D` goes before `%{ms}T` before `%T`, and `%B` before `%b`.',
  'All `%{…}t` together tell one time, those with `end:` a second one, `time_end`. What is told twice is a text, `time_2`.',
  'A value that is `-` is absent. Durations are microseconds inside.',
  'In an ErrorLogFormat, what stands between blanks is left out as a whole where a directive in it has no value, as Apache does; `%-a` prints `-` instead. Such a field needs fixed text of its own (`[client\\ %a]`), or its neighbour is taken for it.'
]

/** The text of docs/formats.md as Markdown: named formats, rules, directives, time conversions. */
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
    `Besides \`sec\`, \`msec\`, \`usec\`, \`msec_frac\` and \`usec_frac\`, each after \`begin:\` or \`end:\` if need be: ${STRFTIME_LETTERS.map(letter => code(`%${letter}`)).join(' ')}.`
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

function fieldsOf({ meaning, argument }: Directive): string {
  switch (meaning.as) {
    case 'text':
    case 'number':
      return code(meaning.field + (argument === NAME ? '…' : ''))
    case 'address':
      return `${code(meaning.field)} ${code(meaning.port)}`
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
