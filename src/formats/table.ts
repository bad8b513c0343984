import type { Kind } from '../core/fields.ts'
import { DIRECTIVES, NAME, type Directive } from './directives.ts'
import { notation } from './lookup.ts'
import { ALIASES, PRESET_STRINGS } from './presets.ts'
import { STRFTIME_LETTERS } from './time.ts'

/** The tables of docs/formats.md as Markdown: named formats, directives, time conversions. */
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
    code(notation(entry)),
    fieldsOf(entry),
    entry.summary
  ])
  return markdownTable(['directive', 'field', 'meaning'], rows)
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
