import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import * as z from 'zod'
import { withLists, type AlertsConfig } from '../alerts/options.ts'
import { systemCode, VisorError } from '../core/errors.ts'
import { settingsIn, fillSecrets, parseConfigDocument, placeOf } from './document.ts'
import { defaultStore, homeOf, type Environment } from '../system/folders.ts'
import { findConfig } from './find.ts'
import { withEnginePaths } from '../engines/index.ts'
import { isFirstVisor } from './first-visor.ts'
import { withNotifierPaths } from '../notifiers/index.ts'
import { withPaths } from '../sources/index.ts'
import { schema, type Config, type LogConfig } from './schema.ts'
import { readText, validate } from './validate.ts'

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
  if (file === undefined) return { config: configOf({}, '.', env), file, place: () => '' }
  const source = parseConfigDocument(named ?? file, readText(file, 'configuration'))
  if (isFirstVisor(settingsIn(source)))
    throw new VisorError('CONFIG', `${named ?? file} is of the first Visor`, {
      remedy: `\`visor check --config ${named ?? file}\` prints it in its new form.`
    })
  const folder = dirname(file)
  const parsed = validate(source, schema, 'CONFIG', () => fillSecrets(source, env, folder))
  const place = (path: readonly string[]): string => placeOf(source, path)
  const alerts = readLists(parsed.alerts, absoluteFrom(folder, env), place)
  return { config: complete({ ...parsed, alerts }, folder, env), file, place }
}

/**
 * Where the store is and what is shown of it, of a configuration whose secrets this user does not have: enough to ask the Visor that
 * runs on it. `undefined` for one that has none, or other mistakes; of those too where `mistaken` is set.
 */
export function loadBare(env: Environment, named?: string, mistaken = false): Config | undefined {
  const file = named === undefined ? findConfig(env).found : resolve(named)
  if (file === undefined) return undefined
  const source = parseConfigDocument(file, readText(file, 'configuration'))
  const folder = dirname(file)
  const settings = bare.safeParse(settingsIn(source))
  if (!settings.success || (!mistaken && fillSecrets(source, env, folder).length === 0)) return undefined
  return configOf(settings.data, folder, env)
}

/** What messages are written as; of a configuration with mistakes too, as far as it says. */
export function loadLogFormat(env: Environment, named?: string): LogConfig['format'] {
  const file = named ?? findConfig(env).found
  try {
    if (file === undefined) return 'text'
    const { document } = parseConfigDocument(file, readText(file, 'configuration'))
    return document.getIn(['log', 'format']) === 'json' ? 'json' : 'text'
  } catch {
    // It is said when it is read as a whole.
    return 'text'
  }
}

/** The settings that the answers of a store depend on. */
const bare = z.object({ store: z.unknown(), zone: z.unknown(), group: z.unknown() }).partial()

/**
 * The configuration of alerts with the lists filled in that rules name as files. `place` gives where in the configuration
 * something stands.
 * @throws VisorError CONFIG for a list that cannot be read
 */
function readLists(
  alerts: AlertsConfig,
  absolute: (path: string) => string,
  place: (path: readonly string[]) => string
): AlertsConfig {
  return withLists(alerts, list => {
    const path = absolute(list)
    try {
      return readFileSync(path, 'utf8')
    } catch (cause) {
      const [rule = ''] = Object.entries(alerts.rules).find(([, rule]) => rule['list'] === list) ?? []
      const where = `${place(['alerts', 'rules', rule, 'list'])}: alerts.rules.${rule}.list`
      const why = systemCode(cause) ?? String(cause)
      throw new VisorError('CONFIG', `${where}: cannot read ${path}: ${why}`, { cause })
    }
  })
}

/** The configuration that settings come to, as they would stand in a file in `folder`. */
export function configOf(settings: unknown, folder: string, env: Environment): Config {
  return complete(schema.parse(settings), folder, env)
}

/** Fills in what depends on the machine: absolute paths (as seen from `folder`) and the place of the store. */
function complete(parsed: z.output<typeof schema>, folder: string, env: Environment): Config {
  const absolute = absoluteFrom(folder, env)
  const sources = Object.fromEntries(
    Object.entries(parsed.sources).map(([name, source]) => [name, withPaths(source, absolute)])
  )
  const receivers = Object.fromEntries(
    Object.entries(parsed.receivers).map(([name, receiver]) => [name, withNotifierPaths(receiver, absolute)])
  )
  const path = parsed.store.path === undefined ? defaultStore(env) : absolute(parsed.store.path)
  const store = { ...parsed.store, path }
  const { tls } = parsed.page
  const page = { ...parsed.page, ...(tls && { tls: { cert: absolute(tls.cert), key: absolute(tls.key) } }) }
  return { ...parsed, sources, page, store, receivers, engine: withEnginePaths(parsed.engine, absolute) }
}

/** Makes paths of the configuration absolute, as seen from its folder; `~/` is the user's own. */
function absoluteFrom(folder: string, env: Environment): (path: string) => string {
  return path => (path.startsWith('~/') ? join(homeOf(env), path.slice(2)) : resolve(folder, path))
}
