import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

export type Environment = Readonly<Record<string, string | undefined>>

/** The first configuration file that is there, and all places where one may be, in the order they are tried. */
export function findConfig(env: Environment): { found: string | undefined; tried: string[] } {
  const tried = placesOf(env)
  return { found: tried.find(path => existsSync(path)), tried }
}

function placesOf(env: Environment): string[] {
  const user = join(env['XDG_CONFIG_HOME'] || join(homeOf(env), '.config'), 'visor')
  return [env['VISOR_HOME'], env['VISORHOME'], user]
    .flatMap(folder => folder || [])
    .flatMap(folder =>
      ['config', 'visor'].flatMap(name =>
        ['json', 'yaml', 'yml'].map(suffix => join(folder, `${name}.${suffix}`))
      )
    )
}

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

/** The user's own folder. */
export function homeOf(env: Environment): string {
  return env['HOME'] || homedir()
}
