import { homedir } from 'node:os'
import { join } from 'node:path'

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
