import { VisorError } from '../../core/errors.ts'
import { LINE_FIELDS, type Kind } from '../../core/fields.ts'
import type { Format } from '../../core/format.ts'
import { compileJson, textOf } from './format.ts'
import names from './names.json' with { type: 'json' }

/** A member that is known to fill a field: its path in small letters, without `_` and `-`. */
export interface Known {
  readonly path: string
  readonly how?: string
  /** Only where this member is there too. */
  readonly beside?: string
}

/**
 * For each field the members that fill it, the first that a log has: those of Caddy, Traefik, Envoy, HAProxy, the Elastic
 * Common Schema, and what people commonly write with nginx's and Apache's log formats. In the file: `path`, `path:how`,
 * `path:how:beside`.
 */
export const MEMBER_NAMES: Readonly<Record<string, readonly Known[]>> = Object.fromEntries(
  Object.entries(names).map(([field, members]) => [field, members.split(' ').map(knownOf)])
)

function knownOf(member: string): Known {
  const [path = '', how, beside] = member.split(':')
  return { path, ...(how !== undefined && { how }), ...(beside !== undefined && { beside }) }
}

/** Members that hold the headers of the request and of the answer. */
const HEADERS: Readonly<Record<string, string>> = {
  'request.headers': 'header',
  headers: 'header',
  'http.request.headers': 'header',
  respheaders: 'reply',
  'response.headers': 'reply',
  'http.response.headers': 'reply'
}

/** How names are compared. */
function plainName(path: readonly string[]): string {
  return path.join('.').toLowerCase().replaceAll(/[_-]/g, '')
}

/** How deep members are looked for, and how many fill fields of no known meaning. */
const DEEPEST = 4
const MOST_OTHERS = 40

interface Member {
  readonly path: readonly string[]
  readonly value: string | number | boolean
}

interface Entry {
  readonly field: string
  readonly path: readonly string[]
  readonly how: string | undefined
}

/**
 * The formats of lines that are JSON objects, as their names show them: those with a status make an access log, others
 * with a message an error log. Other members are fields `json.…`. Empty where no line is an object with a known time.
 */
export function jsonFormats(lines: readonly Uint8Array[]): Format[] {
  const objects = lines.flatMap(line => {
    const members = membersOf(line)
    return members ? [members] : []
  })
  const access = objects.filter(members => entryOf('status', members))
  const error = objects.filter(members => !access.includes(members) && entryOf('message', members))
  return [...formatOf('access', access), ...formatOf('error', error)]
}

/** The scalar members of a line that is an object, those of inner objects with their whole path. */
function membersOf(line: Uint8Array): Member[] | undefined {
  const text = Buffer.from(line).toString().trim()
  if (!text.startsWith('{')) return undefined
  try {
    return scalars(JSON.parse(text), [])
  } catch {
    return undefined
  }
}

function scalars(value: unknown, path: readonly string[]): Member[] {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return [{ path, value }]
  if (Array.isArray(value)) return typeof value[0] === 'string' ? [{ path, value: value[0] }] : []
  if (typeof value !== 'object' || value === null || path.length === DEEPEST) return []
  return Object.entries(value).flatMap(([name, inner]) => scalars(inner, [...path, name]))
}

function formatOf(kind: Kind, objects: readonly Member[][]): Format[] {
  const byName = new Map(objects.flat().map(member => [JSON.stringify(member.path), member]))
  const members = Array.from(byName.values())
  const entries = known(kind, members)
  if (!entries.some(({ field }) => field === 'time')) return []
  const taken = new Set(entries.map(({ path }) => JSON.stringify(path)))
  const others = members
    .filter(({ path }) => !taken.has(JSON.stringify(path)) && path.every(name => /^[\w@.-]+$/.test(name)))
    .map(({ path }) => ({ field: otherField(path), path, how: undefined }))
  const fields = new Set(entries.map(({ field }) => field))
  const distinct = others.filter(({ field }) => fields.size < fields.add(field).size)
  try {
    return [compileJson('json', textOf([...entries, ...distinct.slice(0, MOST_OTHERS)]))]
  } catch (error) {
    if (error instanceof VisorError) return []
    throw error
  }
}

/** The fields whose members are known; a request line is taken only where its parts are not given. */
function known(kind: Kind, members: readonly Member[]): Entry[] {
  const kinds = new Map(LINE_FIELDS.map(field => [field.name, field.kinds]))
  const entries = Object.keys(MEMBER_NAMES)
    .filter(field => (kinds.get(field) ?? [kind]).includes(kind) || (kind === 'error' && field !== 'status'))
    .flatMap(field => entryOf(field, members) ?? [])
  const has = (name: string): boolean => entries.some(({ field }) => field === name)
  const parts = has('path') && has('method')
  const dropped = parts ? ['request'] : has('request') ? ['method', 'path', 'query', 'protocol'] : []
  return entries.filter(({ field }) => !dropped.includes(field))
}

function entryOf(field: string, members: readonly Member[]): Entry | undefined {
  for (const one of MEMBER_NAMES[field] ?? []) {
    const member = members.find(({ path }) => plainName(path) === one.path)
    const fits = one.beside === undefined || members.some(({ path }) => plainName(path) === one.beside)
    if (member && fits) return { field, path: member.path, how: howOf(field, one, member) }
  }
  return undefined
}

/** In which form a member holds its field, by what it holds. */
function howOf(field: string, { how, path }: Known, { value }: Member): string | undefined {
  if (field === 'client' && path === 'xforwardedfor') return 'chain'
  if (field === 'client' && /^(\d+(\.\d+){3}|\[.*\]):\d+$/.test(String(value))) return 'port'
  if (field !== 'time') return how
  if (typeof value !== 'number') return undefined
  return value < 1e11 ? 's' : value < 1e14 ? 'ms' : value < 1e17 ? 'us' : 'ns'
}

function otherField(path: readonly string[]): string {
  const group = HEADERS[plainName(path.slice(0, -1))]
  const name = path.at(-1) ?? ''
  return group === undefined ? `json.${path.join('.')}` : `${group}.${name.toLowerCase()}`
}
