import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { homeOf, type Environment } from '../system/folders.ts'

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
