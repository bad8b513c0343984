import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import * as z from 'zod'
import { systemCode, VisorError } from '../core/errors.ts'
import { parseSource, placeOf, problemsOf, type Source } from './document.ts'
import { explain } from './explain.ts'
import { defaultStore, findConfig, homeOf, type Environment } from './find.ts'
import { schema, type Config } from './schema.ts'
import { fillSecrets } from './secrets.ts'

/** A configuration, the file it came from (none: all defaults), and where in it a setting stands. */
export interface Loaded {
  readonly config: Config
  readonly file: string | undefined
  /** `file:line:column` of the setting under a path, for messages about its value. */
  readonly place: (path: readonly string[]) => string
}

/**
 * Reads the named configuration, or the first that is found, or takes the defaults when there is none.
 * Throws a CONFIG error that names every mistake with its line.
 */
export function loadConfig(env: Environment, named?: string): Loaded {
  const file = named === undefined ? findConfig(env).found : resolve(named)
  if (file === undefined) return { config: complete(schema.parse({}), '.', env), file, place: () => '' }
  const source = parseSource(named ?? file, textOf(file))
  const config = complete(validate(source, env, dirname(file)), dirname(file), env)
  return { config, file, place: path => placeOf(source, path) }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\u{FEFF}/u, '')
  } catch (error) {
    const missing = systemCode(error) === 'ENOENT'
    throw missing
      ? new VisorError('FILE_MISSING', `there is no configuration ${file}`)
      : new VisorError('FILE_UNREADABLE', `cannot read the configuration ${file}`, { cause: error })
  }
}

function validate(source: Source, env: Environment, folder: string): z.output<typeof schema> {
  const problems = problemsOf(source)
  if (problems.length === 0) problems.push(...fillSecrets(source, env, folder))
  if (problems.length > 0) throw new VisorError('CONFIG', problems.join('\n'))
  const result = schema.safeParse(source.document.toJS() ?? {})
  if (result.success) return result.data
  throw new VisorError(
    'CONFIG',
    result.error.issues.flatMap(issue => explain(source, issue, keysAt)).join('\n')
  )
}

/** The names of the settings that may stand under a path. */
function keysAt(path: readonly PropertyKey[]): string[] {
  let part: z.core.JSONSchema._JSONSchema | undefined = configSchema()
  for (const key of path) {
    if (typeof part !== 'object') return []
    part = part.properties?.[String(key)] ?? part.additionalProperties
  }
  return typeof part === 'object' ? Object.keys(part.properties ?? {}) : []
}

/** Fills in what depends on the machine: absolute paths (as seen from `folder`) and the place of the store. */
function complete(parsed: z.output<typeof schema>, folder: string, env: Environment): Config {
  const absolute = (path: string): string =>
    path.startsWith('~/') ? join(homeOf(env), path.slice(2)) : resolve(folder, path)
  const sources = Object.fromEntries(
    Object.entries(parsed.sources).map(([name, source]) => [
      name,
      { ...source, paths: source.paths.map(path => (path === '-' ? path : absolute(path))) }
    ])
  )
  const { page, window, lateness, country } = parsed
  const path = parsed.store.path === undefined ? defaultStore(env) : absolute(parsed.store.path)
  return { sources, page, window, lateness, country, store: { path, retention: parsed.store.retention } }
}

/** The JSON Schema of a configuration file, for editors: docs/config.schema.json. */
export function configSchema(): z.core.JSONSchema.JSONSchema {
  return z.toJSONSchema(schema, { io: 'input' })
}
