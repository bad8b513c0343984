import { existsSync, statSync, type Stats } from 'node:fs'
import { resolve } from 'node:path'
import { loadBare, loadConfig } from '../config/load.ts'
import { findConfig } from '../config/find.ts'
import { defaultStore, type Environment } from '../system/folders.ts'
import { shareFiles } from '../system/private.ts'
import { unreadable } from '../system/refused.ts'
import type { Config } from '../config/schema.ts'
import type { SourceOptions } from '../sources/index.ts'
import { VisorError } from '../core/errors.ts'
import { formatsFor } from '../formats/index.ts'
import { inspectBulk } from '../sources/bulk/index.ts'
import { fileOptions } from '../sources/file/options.ts'
import { takeTarget } from '../sources/targets.ts'
import { noAccess } from './user.ts'
import type { configOption, formatOptions, fromOption, OptionsOf, StoreSelection } from './options.ts'

/** What the command line says of sources. */
type ReadingOptions = OptionsOf<
  typeof formatOptions & { config: typeof configOption; from: typeof fromOption }
>

/** The configuration, with the store that is named instead of its own; bare where this user does not have its secrets. */
export function storeFor(selection: StoreSelection, env: Environment): Config {
  try {
    return configFor(selection, env)
  } catch (error) {
    const bare = loadBare(env, selection.config)
    if (!bare) throw error
    return withStore(bare, selection)
  }
}

/** The configuration with all that is in it, and with the store that is named instead of its own. */
export function configFor(selection: StoreSelection, env: Environment): Config {
  const { closed } = findConfig(env)
  const isNamed = selection.config !== undefined || selection.store !== undefined
  // Who has a Visor of their own does not mean the machine's.
  if (closed !== undefined && !isNamed && !existsSync(defaultStore(env))) throw noAccess(closed)
  return withStore(loadConfig(env, selection.config).config, selection)
}

function withStore(config: Config, { store }: StoreSelection): Config {
  // Who is not in the group writes files of their own.
  if (config.group !== undefined) shareFiles(config.group)
  return { ...config, store: { ...config.store, ...(store !== undefined && { path: resolve(store) }) } }
}

/** One source for each target that is named. */
export function namedSources(targets: readonly string[], options: ReadingOptions): Config['sources'] {
  const { format, zone } = options
  if (format !== undefined) formatsFor(format)
  const sources = targets.map(target => sourceOf(target, options))
  return Object.fromEntries(sources.map(([name, source]) => [name, { ...source, format, zone }]))
}

/** The sources of the configuration, where none is named. @throws VisorError USAGE where there is none there either */
export function configuredSources(
  config: Config,
  options: ReadingOptions,
  env: Environment
): Config['sources'] {
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

/** A source and its name, a file's absolute path: it keeps its counts under that name over restarts. */
function sourceOf(target: string, { from }: ReadingOptions): [name: string, source: SourceOptions] {
  const taken = takeTarget(target)
  if (taken) return [target === '-' ? 'stdin' : target, taken]
  checkFile(target)
  const path = resolve(target)
  return [path, { type: 'file', ...fileOptions.parse({ paths: [path], from }) }]
}

/** Throws when a named file is there, but cannot be read or followed: one that is not is waited for. */
function checkFile(file: string): void {
  const stats = statsOf(file)
  if (!stats || stats.isFIFO()) return
  const { size, splittable } = inspectBulk(file)
  if (size !== undefined && !splittable)
    throw new VisorError('USAGE', `${file} is compressed and cannot be followed`, {
      remedy: '`visor report` reads it; to follow it, unpack it first.'
    })
}

function statsOf(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false })
  } catch (cause) {
    throw unreadable(file, cause)
  }
}
