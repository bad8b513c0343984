import { dirname, join } from 'node:path'
import type { Disk } from '../disk.ts'

/**
 * Variables that Debian's `envvars` beside the configuration sets: its plain `export NAME=value` lines, without running
 * anything; `$SUFFIX`, which tells instances apart, is empty.
 */
export function envvarsOf(conf: string, disk: Disk): Map<string, string> {
  const variables = new Map<string, string>()
  const file = disk.read(join(dirname(conf), 'envvars'))
  if ('problem' in file) return variables
  for (const line of file.text.split('\n')) {
    const [, name, value] = /^\s*(?:export\s+)?([A-Za-z_]\w*)=("[^"]*"|'[^']*'|[^\s;]*)\s*$/.exec(line) ?? []
    if (name === undefined || value === undefined) continue
    const plain = value.replaceAll(/^["']|["']$/g, '')
    const filled = plain.replaceAll(/\$\{?(\w+)\}?/g, (_, inner: string) => variables.get(inner) ?? '')
    variables.set(name, filled)
  }
  return variables
}

/** Puts values for `${NAME}`; the names that have none are given back. */
export function fillIn(
  text: string,
  variables: ReadonlyMap<string, string>
): { text: string; unknown: string[] } {
  const unknown: string[] = []
  const filled = text.replaceAll(/\$\{([^}:]+)\}/g, (all, name: string) => {
    const value = variables.get(name)
    if (value === undefined) unknown.push(name)
    return value ?? all
  })
  return { text: filled, unknown }
}
