import { existsSync, mkdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { systemCode, VisorError } from '../core/errors.ts'
import { makePrivate } from './private.ts'
import { reasonOf } from './reason.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Where the store is when no other place is configured. */
export function defaultStore(env: Environment): string {
  const home = env['VISOR_HOME'] || env['VISORHOME']
  if (home) return join(home, 'data')
  return join(env['XDG_DATA_HOME'] || join(homeOf(env), '.local', 'share'), 'visor')
}

/** Where what is fetched stays. */
export function defaultCache(env: Environment): string {
  const home = env['VISOR_HOME'] || env['VISORHOME']
  if (home) return join(home, 'cache')
  return join(env['XDG_CACHE_HOME'] || join(homeOf(env), '.cache'), 'visor')
}

/** Where what runs beside Visor has its files, and is found again. */
export function defaultState(env: Environment): string {
  const home = env['VISOR_HOME'] || env['VISORHOME']
  if (home) return join(home, 'run')
  return join(env['XDG_STATE_HOME'] || join(homeOf(env), '.local', 'state'), 'visor')
}

/** The user's own folder. */
export function homeOf(env: Environment): string {
  return env['HOME'] || homedir()
}

/**
 * Makes a private folder and those above it. Level by level: asked for all at once, Node never comes back where none can be
 * made, as in /proc. @throws VisorError FILE_UNWRITABLE
 */
export function makeFolder(path: string): void {
  if (isFolder(path)) return
  // Where something else is there, the system says so.
  if (!existsSync(path)) makeFolder(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
    makePrivate(path)
  } catch (cause) {
    // Another process may have been quicker.
    if (isFolder(path)) return
    // Those above it are there: this is a place like /proc.
    const nowhere = systemCode(cause) === 'ENOENT'
    throw new VisorError('FILE_UNWRITABLE', `cannot make the folder ${path}: ${reasonOf(cause)}`, {
      cause,
      remedy: nowhere ? 'No folder can be made there: name another place.' : undefined
    })
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
