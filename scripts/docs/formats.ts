import type { Kind } from '../../src/core/fields.ts'
import { DERIVATIONS, FIELDS } from '../../src/derived/index.ts'
import { DIRECTIVES, NAME, type Directive } from '../../src/formats/directives.ts'
import { MEMBER_NAMES, type Known } from '../../src/formats/json/detect.ts'
import { notation } from '../../src/formats/lookup.ts'
import { VARIABLES } from '../../src/formats/nginx/variables.ts'
import { ALIASES, JSON_STRINGS, PRESET_STRINGS } from '../../src/formats/presets.ts'
import { STRFTIME_LETTERS } from '../../src/formats/time.ts'
import { W3C_FIELDS } from '../../src/formats/w3c.ts'
import { code, fill, table } from '../markdown.ts'

/** docs/formats.md: named formats, rules, directives, time conversions, nginx, W3C, JSON, and all fields. */
export function formatsPage(): string {
  return fill('formats.md', {
    presets: table(
      ['name', 'also', 'what it is', 'directive string'],
      PRESET_STRINGS.map(({ name, text, summary }) => [code(name), aliasesOf(name), summary, code(text)])
    ),
    directives: directiveTable,
    conversions: STRFTIME_LETTERS.map(letter => code(`%${letter}`)).join(' '),
    variables: table(
      ['variable', 'field', 'meaning'],
      VARIABLES.map(({ name, meaning, summary }) => [code(`$${name}`), fieldsOf({ meaning }), summary])
    ),
    w3cFields: table(
      ['name', 'field'],
      Object.entries(W3C_FIELDS).map(([name, meaning]) => [code(name), fieldsOf({ meaning })])
    ),
    jsonFormats: table(
      ['name', 'what it is', 'format'],
      JSON_STRINGS.map(({ name, summary, text }) => [code(name), summary, code(text)])
    ),
    jsonMembers: table(
      ['field', 'members'],
      Object.entries(MEMBER_NAMES).map(([field, known]) => [code(field), known.map(memberOf).join(' ')])
    ),
    ...fieldTables()
  })
}

function fieldTables(): { fields: string; derived: string } {
  return {
    fields: table(
      ['field', 'type', 'logs', 'what it is', 'OpenTelemetry', 'ECS'],
      FIELDS.map(({ name, type, kinds, summary, otel, ecs }) => [
        code(name),
        type,
        kinds.join(', '),
        summary,
        otel === null ? 'none' : code(otel),
        ecs === null ? 'none' : code(ecs)
      ])
    ),
    derived: table(
      ['field', 'name', 'worked out of', 'lists and rules'],
      DERIVATIONS.map(({ name, title, from, version }) => [code(name), title, code(from), version])
    )
  }
}

function directiveTable(kind: Kind): string {
  const rows = DIRECTIVES.filter(entry => entry.kind === kind).map(entry => [
    directiveCell(entry),
    fieldsOf(entry),
    entry.summary
  ])
  return table(['directive', 'field', 'meaning'], rows)
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

/** A known member, with its unit. */
function memberOf({ path, how, beside }: Known): string {
  const unit = how === undefined ? '' : ` (${how}${beside === undefined ? '' : `, beside ${code(beside)}`})`
  return code(path) + unit
}
