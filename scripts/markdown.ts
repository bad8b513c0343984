import { readFileSync } from 'node:fs'
import { Eta } from 'eta'
import { stringify } from 'yaml'
import * as z from 'zod'

const eta = new Eta({ autoEscape: false, autoTrim: false, useWith: true })

/** A page by its template in docs/templates, with tables and the like filled in; and without blank lines that tags leave. */
export function fill(name: string, data: object): string {
  const text = eta.renderString(readFileSync(`docs/templates/${name}`, 'utf8'), {
    generated: '<!-- Made by scripts/docs.ts from docs/templates; do not edit. -->',
    fence,
    sentence,
    settings: settingsTable,
    yaml: (value: unknown, language: string) => fence(stringify(value), language),
    ...data
  })
  return `${text.replaceAll(/\n{3,}/g, '\n\n').trim()}\n`
}

export function code(text: string): string {
  return `\`${text}\``
}

function fence(text: string, language = 'text'): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows]
    .map(cells => `| ${cells.map(cell => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`)
    .join('\n')
}

type Part = z.core.JSONSchema._JSONSchema

/** The settings of a schema, each with its default and what it is; `but` are left out. Empty where there are none. */
function settingsTable(schema: z.ZodType, but: readonly string[] = []): string {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' })
  const rows = Object.entries(properties)
    .filter(([name]) => !but.includes(name))
    .map(([name, part]) => [code(name), valuesOf(part), defaultOf(name, part, required), summaryOf(part)])
  return rows.length === 0 ? '' : table(['setting', 'values', 'default', 'what it is'], rows)
}

function summaryOf(part: Part): string {
  return typeof part === 'object' ? (part.description ?? '') : ''
}

function defaultOf(name: string, part: Part, required: readonly string[]): string {
  if (required.includes(name)) return 'required'
  const value = typeof part === 'object' ? part.default : undefined
  return value === undefined || value === ''
    ? ''
    : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``
}

/** What may stand there, in short. */
function valuesOf(part: Part): string {
  if (typeof part !== 'object') return ''
  const several = part.anyOf ?? part.oneOf ?? typesOf(part)
  if (several) return [...new Set(several.map(valuesOf))].filter(text => text !== '').join(', or ')
  if (part.enum) return part.enum.map(value => `\`${String(value)}\``).join(' ')
  if (part.const !== undefined) return `\`${String(part.const)}\``
  if (part.type === 'array') return 'a list'
  if (part.type === 'object') return 'settings'
  if (part.type === 'string') return 'text'
  if (part.type === 'boolean') return '`true` `false`'
  const { minimum = -Infinity, maximum = Infinity } = part
  const [from, to] = [minimum, Math.abs(maximum) > 1e15 ? Infinity : maximum]
  if (to < Infinity) return `number (${from} to ${to})`
  return from > -Infinity ? `number (${from} and up)` : 'number'
}

/** A part for each of its types, where it has several. */
function typesOf(part: z.core.JSONSchema.JSONSchema): Part[] | undefined {
  const types: unknown = part.type
  if (!Array.isArray(types)) return undefined
  return types.flatMap((type): Part[] => (type === 'string' || type === 'number' ? [{ ...part, type }] : []))
}
