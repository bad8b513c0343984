import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { visible } from '../../core/visible.ts'
import { homeOf, makeFolder, type Environment } from '../../system/folders.ts'
import { unwritable } from '../../system/refused.ts'
import { SYSTEM_USER, systemUnit, userUnit } from './unit.ts'

const UNIT = 'visor.service'

/** This Visor: the Node that runs it, and its program. */
const PROGRAM = [process.execPath, fileURLToPath(new URL('../../../bin/visor.js', import.meta.url))]

/**
 * Writes the unit that watches what a configuration names, of the machine or of this user, and returns what to type next.
 * @throws VisorError FILE_UNWRITABLE
 */
export function writeUnit(config: string, system: boolean, env: Environment): string {
  const folder = system
    ? '/etc/systemd/system'
    : join(env['XDG_CONFIG_HOME'] || join(homeOf(env), '.config'), 'systemd', 'user')
  const file = join(folder, UNIT)
  const service = { command: PROGRAM, config }
  makeFolder(folder)
  try {
    // systemd warns of a unit that not everybody can read.
    writeFileSync(file, system ? systemUnit(service) : userUnit(service), { mode: 0o644 })
  } catch (cause) {
    throw unwritable(file, cause)
  }
  const steps = system ? stepsOfSystem(config) : stepsOfUser()
  return `${[`${visible(file)} is written. Next:`, ...steps.map(step => `  ${visible(step)}`)].join('\n')}\n`
}

function stepsOfUser(): string[] {
  return [
    'systemctl --user daemon-reload && systemctl --user enable --now visor',
    'loginctl enable-linger        # so that it runs while you are not logged in, too'
  ]
}

function stepsOfSystem(config: string): string[] {
  const isThere = names('passwd').has(SYSTEM_USER)
  const readers = names('group').has('adm') ? ' --groups adm' : ''
  const closed = PROGRAM.flatMap(path => closedFolder(path) ?? [])[0]
  return [
    ...(closed === undefined
      ? []
      : [
          `# The user ${SYSTEM_USER} may not go into ${closed}: move Visor to /opt, and run this again there.`
        ]),
    ...(isThere
      ? []
      : [
          `useradd --system --user-group${readers} --home-dir /var/lib/visor --shell /usr/sbin/nologin ${SYSTEM_USER}`
        ]),
    ...(isReadable(config) ? [] : [`chgrp ${SYSTEM_USER} ${config} && chmod g+r ${config}`]),
    'systemctl daemon-reload && systemctl enable --now visor'
  ]
}

/** The names in a file of the system. */
function names(file: 'passwd' | 'group'): ReadonlySet<string> {
  const path = `/etc/${file}`
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []
  return new Set(lines.map(line => line.slice(0, line.indexOf(':'))))
}

/** The first folder above a path that others may not go through. */
function closedFolder(path: string): string | undefined {
  const above = dirname(path)
  if (above === path) return undefined
  return closedFolder(above) ?? ((statSync(above).mode & 0o001) === 0 ? above : undefined)
}

/** Whether everybody can read a file. */
function isReadable(path: string): boolean {
  return (statSync(path).mode & 0o004) !== 0
}
