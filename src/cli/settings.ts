import { resolve } from 'node:path'
import { loadConfig } from '../config/load.ts'
import { findConfig, type Environment } from '../config/find.ts'
import type { Config } from '../config/schema.ts'
import { VisorError } from '../core/errors.ts'
import { formatsFor } from '../formats/index.ts'
import { inspectBulk } from '../sources/bulk/index.ts'

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

/** The configuration with the command line over it: named files take the place of the configured sources. */
export function settingsFor(files: readonly string[], options: WatchOptions, env: Environment): Config {
  const { config } = loadConfig(env, options.config)
  const sources = files.length > 0 ? sourcesOf(files, options) : configured(config, options, env)
  const { host, port, page, store } = options
  return {
    sources,
    page: {
      enabled: config.page.enabled && page && store !== false,
      host: host ?? config.page.host,
      port: port ?? config.page.port
    },
    store: { ...config.store, ...(typeof store === 'string' && { path: resolve(store) }) },
    country: config.country,
    window: options.window ?? config.window,
    lateness: options.lateness ?? config.lateness
  }
}

/**
 * Throws when a named file is not there or cannot be read or followed: on the command line that is a slip, while a file
 * of the configuration, or of a pattern, is waited for.
 */
function checkFile(file: string): void {
  if (file === '-' || /[*?[{]/.test(file)) return
  const { size, splittable } = inspectBulk(file)
  if (size !== undefined && !splittable)
    throw new VisorError(
      'FILE_UNREADABLE',
      `${file} is compressed and cannot be followed; \`visor report\` reads it`
    )
}

/** One source for each named file, called by its absolute path: that name keeps its counts over restarts. */
function sourcesOf(files: readonly string[], options: WatchOptions): Config['sources'] {
  const { format, zone, from = 'beginning' } = options
  const source = { type: 'file', from, format, zone } as const
  files.forEach(checkFile)
  if (format !== undefined) formatsFor(format)
  return Object.fromEntries(
    files
      .map(file => (file === '-' ? ['stdin', file] : [resolve(file), resolve(file)]))
      .map(([name, path]) => [name, { ...source, paths: [path ?? ''] }])
  )
}

function configured(config: Config, options: WatchOptions, env: Environment): Config['sources'] {
  const misplaced = (['format', 'zone', 'from'] as const).find(name => options[name] !== undefined)
  if (misplaced)
    throw new VisorError(
      'USAGE',
      `--${misplaced} is for named files; set it under "sources" in the configuration`
    )
  if (Object.keys(config.sources).length > 0) return config.sources
  const { found, tried } = findConfig(env)
  const place = options.config ?? found
  const why = place === undefined ? `no configuration is at ${tried.join(', ')}` : `${place} names no sources`
  throw new VisorError('USAGE', `nothing to watch: no file is named, and ${why}`)
}
