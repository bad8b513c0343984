import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { SYSTEM } from '../../config/find.ts'
import { visible } from '../../core/visible.ts'
import { homeOf, makeFolder, type Environment } from '../../system/folders.ts'
import { unwritable } from '../../system/refused.ts'
import { SYSTEM_USER, systemUnit, userUnit } from './unit.ts'

const UNIT = 'visor.service'

/** This Visor: the Node that runs it, and its program as it was started, which may be a link to it. */
const PROGRAM = [process.execPath, resolve(process.argv[1] ?? '')]

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
    ...readableSteps(config),
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

/** What lets the user read the configuration, in a folder that is Visor's with all that may lie beside it. */
function readableSteps(config: string): string[] {
  const isOpen = closedFolder(config) === undefined && (statSync(config).mode & 0o004) !== 0
  if (isOpen) return []
  const what = dirname(config) === SYSTEM ? `-R ${SYSTEM_USER} ${SYSTEM}` : `${SYSTEM_USER} ${config}`
  return [`chgrp ${what} && chmod ${what.replace(SYSTEM_USER, 'g+rX')}`]
}
