import { isUtf8 } from 'node:buffer'
import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { systemCode, VisorError, type ErrorCode } from '../core/errors.ts'
import { settingsIn, problemsOf, type ConfigDocument } from './document.ts'
import { describeIssue } from './explain.ts'
import { unreadable } from '../system/refused.ts'

/**
 * The text of a file that people write. `what` names it in messages.
 * @throws VisorError FILE_MISSING, FILE_UNREADABLE
 */
export function readText(file: string, what: string): string {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw unreadable(`the ${what} ${file}`, error)
    throw new VisorError('FILE_MISSING', `there is no ${what} ${file}`, { cause: error })
  }
  if (isUtf8(bytes)) return bytes.toString().replace(/^\u{FEFF}/u, '')
  throw new VisorError('FILE_UNREADABLE', `the ${what} ${file} is no text in UTF-8`, {
    remedy: 'Save it as UTF-8, or name another file.'
  })
}

/**
 * What a document holds, as a schema has it.
 * @throws VisorError `code` that names every mistake with its line
 */
export function validate<Schema extends z.ZodType>(
  source: ConfigDocument,
  schema: Schema,
  code: ErrorCode,
  prepare: () => readonly string[] = () => []
): z.output<Schema> {
  const problems = [...problemsOf(source)]
  if (problems.length === 0) problems.push(...prepare())
  if (problems.length > 0) throw new VisorError(code, problems.join('\n'))
  const given = settingsIn(source) ?? {}
  const result = schema.safeParse(given)
  if (result.success) return result.data
  const known = {
    keysAt: (path: readonly PropertyKey[]) => namesAt(z.toJSONSchema(schema, { io: 'input' }), given, path),
    named: (name: string) => pathsTo(name, z.toJSONSchema(schema, { io: 'input' }))
  }
  throw new VisorError(
    code,
    result.error.issues.flatMap(issue => describeIssue(source, issue, known)).join('\n')
  )
}

type Part = z.core.JSONSchema._JSONSchema

/** The names of the settings that may stand under a path, where it stands as it is given. */
function namesAt(schema: Part, given: unknown, path: readonly PropertyKey[]): string[] {
  let parts: readonly Part[] = [schema]
  let value = given
  for (const key of path) {
    parts = parts.flatMap(part => choices(part, value)).flatMap((part): Part[] => innerOf(part, key))
    value = valueOf(value, key)
  }
  const names = parts
    .flatMap(part => choices(part, value))
    .flatMap(part => (typeof part === 'object' ? Object.keys(part.properties ?? {}) : []))
  return [...new Set(names)]
}

/** How deep settings are looked for, and how many are named. */
const [MAX_DEPTH, MAX_PATHS] = [3, 3]

/** The settings of a name, those least deep first; what has a name of the user's own is called NAME. */
function pathsTo(name: string, schema: Part): string[] {
  let parts: { path: string; part: Part }[] = [{ path: '', part: schema }]
  const found = new Set<string>()
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    parts = parts.flatMap(({ path, part }) =>
      innerParts(part).map(([key, part]) => ({ path: `${path}${key}`, part }))
    )
    for (const { path } of parts) if (path.split('.').at(-1) === name) found.add(path)
    parts = parts.map(({ path, part }) => ({ path: `${path}.`, part }))
  }
  return [...found].slice(0, MAX_PATHS)
}

function innerParts(part: Part): [key: string, part: Part][] {
  if (typeof part !== 'object') return []
  const several = part.anyOf ?? part.oneOf
  if (several) return several.flatMap(innerParts)
  const { properties = {}, additionalProperties: more } = part
  const inner = more === undefined ? [] : [['NAME', more] satisfies [string, Part]]
  return [...Object.entries(properties), ...inner]
}

/** A part, or those of which the value may be any: of groups, those whose fixed settings it has. */
function choices(part: Part, value: unknown): Part[] {
  const several = typeof part === 'object' ? (part.anyOf ?? part.oneOf) : undefined
  if (!several) return [part]
  return several.flatMap(one => choices(one, value)).filter(one => agrees(one, value))
}

function agrees(part: Part, value: unknown): boolean {
  const settings = typeof part === 'object' ? Object.entries(part.properties ?? {}) : []
  return settings.every(([name, setting]) => {
    if (typeof setting !== 'object' || setting.const === undefined) return true
    return (valueOf(value, name) ?? setting.default) === setting.const
  })
}

function valueOf(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}

function innerOf(part: Part, key: PropertyKey): Part[] {
  if (typeof part !== 'object') return []
  const inner =
    typeof key === 'number' ? part.items : (part.properties?.[String(key)] ?? part.additionalProperties)
  return inner === undefined ? [] : [inner].flat()
}
