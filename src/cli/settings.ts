import { resolve } from 'node:path'
import { loadConfig } from '../config/load.ts'
import { findConfig, type Environment } from '../config/find.ts'
import type { Config } from '../config/schema.ts'
import type { SourceOptions } from '../sources/index.ts'
import { VisorError } from '../core/errors.ts'
import { formatsFor } from '../formats/index.ts'
import { inspectBulk } from '../sources/bulk/index.ts'
import { fileOptions } from '../sources/file/options.ts'
import { takeTarget } from '../sources/targets.ts'

/** What `visor watch` can be told on its command line; what is absent comes from the configuration. */
export interface WatchOptions {
  readonly config?: string
  readonly format?: string
  readonly zone?: string
  readonly from?: 'beginning' | 'end'
  readonly host?: string
  readonly port?: number
  readonly page: boolean
  readonly output?: string
  readonly store?: string | false
  /** Milliseconds. */
  readonly window?: number
  readonly lateness?: number
}

/** What is told of sources. */
type Told = Pick<WatchOptions, 'config' | 'format' | 'zone' | 'from'>

/** The configuration with the command line over it: named targets take the place of the configured sources. */
export function settingsFor(targets: readonly string[], options: WatchOptions, env: Environment): Config {
  const { config } = loadConfig(env, options.config)
  const sources = targets.length > 0 ? sourcesOf(targets, options) : configured(config, options, env)
  const { host, port, page, store } = options
  const { url } = config.page
  return {
    ...config,
    sources,
    page: {
      enabled: config.page.enabled && page && store !== false,
      host: host ?? config.page.host,
      port: port ?? config.page.port,
      ...(url !== undefined && { url })
    },
    store: { ...config.store, ...(typeof store === 'string' && { path: resolve(store) }) },
    window: options.window ?? config.window,
    lateness: options.lateness ?? config.lateness
  }
}

/** How a store is named on the command line. */
export interface StoreOptions {
  readonly store?: string
  readonly config?: string
}

/** The configuration, with the store that is named instead of its own. */
export function storeFor({ store, config: named }: StoreOptions, env: Environment): Config {
  const { config } = loadConfig(env, named)
  return { ...config, store: { ...config.store, ...(store !== undefined && { path: resolve(store) }) } }
}

/** The sources that are named, or those of the configuration. */
export function sourcesFor(
  targets: readonly string[],
  options: Pick<WatchOptions, 'config' | 'from'>,
  env: Environment
): Config['sources'] {
  return targets.length > 0
    ? sourcesOf(targets, options)
    : configured(loadConfig(env, options.config).config, options, env)
}

/**
 * Throws when a named file is not there or cannot be read or followed: on the command line that is a slip, while a file
 * of the configuration, or of a pattern, is waited for.
 */
function checkFile(file: string): void {
  if (/[*?[{]/.test(file)) return
  const { size, splittable } = inspectBulk(file)
  if (size !== undefined && !splittable)
    throw new VisorError(
      'FILE_UNREADABLE',
      `${file} is compressed and cannot be followed; \`visor report\` reads it`
    )
}

/** One source for each named target. */
function sourcesOf(targets: readonly string[], options: Told): Config['sources'] {
  const { format, zone } = options
  if (format !== undefined) formatsFor(format)
  const sources = targets.map(target => sourceOf(target, options))
  return Object.fromEntries(sources.map(([name, source]) => [name, { ...source, format, zone }]))
}

/** A source and its name, a file's absolute path: it keeps its counts under that name over restarts. */
function sourceOf(target: string, { from }: Told): [name: string, source: SourceOptions] {
  const taken = takeTarget(target)
  if (taken) return [target === '-' ? 'stdin' : target, taken]
  checkFile(target)
  const path = resolve(target)
  return [path, { type: 'file', ...fileOptions.parse({ paths: [path], from }) }]
}

function configured(config: Config, options: Told, env: Environment): Config['sources'] {
  const misplaced = (['format', 'zone', 'from'] as const).find(name => options[name] !== undefined)
  if (misplaced)
    throw new VisorError(
      'USAGE',
      `--${misplaced} is for named files and addresses; set it under "sources" in the configuration`
    )
  if (Object.keys(config.sources).length > 0) return config.sources
  const { found, tried } = findConfig(env)
  const place = options.config ?? found
  const why = place === undefined ? `no configuration is at ${tried.join(', ')}` : `${place} names no sources`
  throw new VisorError('USAGE', `nothing to watch: no file or address is named, and ${why}`)
}
