import { resolve } from 'node:path'
import type { Environment } from '../../system/folders.ts'
import { loadConfig } from '../../config/load.ts'
import type { Config } from '../../config/schema.ts'
import { configuredSources, namedSources } from '../settings.ts'
import type { WatchOptions } from './options.ts'

export interface Settings {
  readonly config: Config
  /** Where it comes from; absent where there is none. */
  readonly file: string | undefined
}

/** The configuration with the command line over it: named targets take the place of the configured sources. */
export function settingsFor(targets: readonly string[], options: WatchOptions, env: Environment): Settings {
  const { config, file } = loadConfig(env, options.config)
  const sources =
    targets.length > 0 ? namedSources(targets, options) : configuredSources(config, options, env)
  const { host, port, access, page, store } = options
  const settings = {
    ...config,
    sources,
    page: {
      ...config.page,
      enabled: config.page.enabled && page && store !== false,
      host: host ?? config.page.host,
      port: port ?? config.page.port,
      access: access ?? config.page.access
    },
    store: { ...config.store, ...(typeof store === 'string' && { path: resolve(store) }) },
    window: options.window ?? config.window,
    lateness: options.lateness ?? config.lateness
  }
  return { config: settings, file }
}
