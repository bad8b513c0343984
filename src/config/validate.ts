import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { systemCode, VisorError, type ErrorCode } from '../core/errors.ts'
import { problemsOf, type Source } from './document.ts'
import { explain } from './explain.ts'

/**
 * The text of a file that people write. `what` names it in messages.
 * @throws VisorError FILE_MISSING, FILE_UNREADABLE
 */
export function textOf(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\u{FEFF}/u, '')
  } catch (error) {
    const missing = systemCode(error) === 'ENOENT'
    throw missing
      ? new VisorError('FILE_MISSING', `there is no ${what} ${file}`)
      : new VisorError('FILE_UNREADABLE', `cannot read the ${what} ${file}`, { cause: error })
  }
}

/**
 * What a document holds, as a schema has it.
 * @throws VisorError `code` that names every mistake with its line
 */
export function validate<Schema extends z.ZodType>(
  source: Source,
  schema: Schema,
  code: ErrorCode,
  prepare: () => readonly string[] = () => []
): z.output<Schema> {
  const problems = [...problemsOf(source)]
  if (problems.length === 0) problems.push(...prepare())
  if (problems.length > 0) throw new VisorError(code, problems.join('\n'))
  const result = schema.safeParse(source.document.toJS() ?? {})
  if (result.success) return result.data
  const keysAt = (path: readonly PropertyKey[]): string[] =>
    namesAt(z.toJSONSchema(schema, { io: 'input' }), path)
  throw new VisorError(code, result.error.issues.flatMap(issue => explain(source, issue, keysAt)).join('\n'))
}

type Part = z.core.JSONSchema._JSONSchema

/** The names of the settings that may stand under a path. */
function namesAt(schema: Part, path: readonly PropertyKey[]): string[] {
  let parts: readonly Part[] = [schema]
  for (const key of path) parts = parts.flatMap(choices).flatMap((part): Part[] => innerOf(part, key))
  const names = parts
    .flatMap(choices)
    .flatMap(part => (typeof part === 'object' ? Object.keys(part.properties ?? {}) : []))
  return [...new Set(names)]
}

/** A part, or those of which it may be any. */
function choices(part: Part): Part[] {
  const several = typeof part === 'object' ? (part.anyOf ?? part.oneOf) : undefined
  return several ? several.flatMap(choices) : [part]
}

function innerOf(part: Part, key: PropertyKey): Part[] {
  if (typeof part !== 'object') return []
  const inner =
    typeof key === 'number' ? part.items : (part.properties?.[String(key)] ?? part.additionalProperties)
  return inner === undefined ? [] : [inner].flat()
}
