import { accessSync, constants, existsSync } from 'node:fs'
import { join } from 'node:path'
import { homeOf, type Environment } from '../system/folders.ts'

/** Where the configuration of a Visor is that the machine runs. */
export const SYSTEM = '/etc/visor'

/**
 * The first configuration file that is there, and all places where one may be, in the order they are tried. That of the machine
 * counts for who may read it.
 */
export function findConfig(env: Environment): {
  found: string | undefined
  /** One that is there for others alone, where none is found. */
  closed: string | undefined
  tried: string[]
} {
  const tried = placesOf(env)
  const there = tried.filter(path => existsSync(path))
  const found = there.find(path => !path.startsWith(SYSTEM) || isReadable(path))
  return { found, closed: found === undefined ? there[0] : undefined, tried }
}

function placesOf(env: Environment): string[] {
  const homes = [env['VISOR_HOME'], env['VISORHOME']].flatMap(home => home || [])
  const user = join(env['XDG_CONFIG_HOME'] || join(homeOf(env), '.config'), 'visor')
  return [...homes.flatMap(home => [home, join(home, 'config')]), user, SYSTEM].flatMap(folder =>
    ['config', 'visor'].flatMap(name =>
      ['json', 'yaml', 'yml'].map(suffix => join(folder, `${name}.${suffix}`))
    )
  )
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK)
    return true
  } catch {
    return false
  }
}
