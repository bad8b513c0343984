import { accessSync, constants, statSync, type Stats } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname } from 'node:path'
import type { Caller } from '../core/caller.ts'
import { systemCode, VisorError } from '../core/errors.ts'
import { nameOf } from '../system/private.ts'

/** Who runs this command, by the system; of root by sudo also who that is. */
export function userName(): string {
  const { SUDO_USER: before } = process.env
  const user = systemUser()
  return !before || before === user ? user : `${user} (sudo by ${before})`
}

/** Who calls where no Visor runs, and a command does what there is to do itself. */
export function hereCaller(as?: string): Caller {
  const user = userName()
  const from = as === undefined || as === user ? 'command line' : `command line, ${user}`
  return { name: as ?? user, role: 'admin', from, by: 'socket' }
}

/** Whom a command acts for, where nobody is named. */
export function userIn(env: Readonly<Record<string, string | undefined>>): string {
  return env['USER'] || env['LOGNAME'] || systemUser()
}

function systemUser(): string {
  try {
    return userInfo().username
  } catch {
    // In a container the system may have no name for who runs this.
    return `uid ${process.geteuid?.() ?? 'unknown'}`
  }
}

/** Whether a folder is that of another user, who may read and write what this one may not. */
export function isOthers(folder: string): boolean {
  return (statSync(folder, { throwIfNoEntry: false })?.uid ?? process.geteuid?.()) !== process.geteuid?.()
}

/** Why this user may not go into a folder; `undefined` where that is allowed, or there is none. */
export function refusedFolder(path: string): VisorError | undefined {
  try {
    accessSync(path, constants.X_OK)
    return undefined
  } catch (error) {
    return systemCode(error) === 'EACCES' ? noAccess(path) : undefined
  }
}

/** That this user may not use something, and who may: by the owner and the group of the nearest thing that can be seen. */
export function noAccess(path: string): VisorError {
  const { closed, facts } = nearest(path)
  const [owner, group] = [nameOf('passwd', facts.uid), nameOf('group', facts.gid)]
  const user = systemUser()
  const needed = facts.isDirectory() ? 0o010 : facts.isSocket() ? 0o020 : 0o040
  if ((facts.mode & needed) === 0)
    return new VisorError('NO_ACCESS', `${closed} is for the user ${owner} alone, not for ${user}`, {
      remedy: `Run this as ${owner}, by \`sudo -u ${owner}\`; or set "group" in the configuration of that Visor, whose members may then.`
    })
  return new VisorError(
    'NO_ACCESS',
    `${closed} is for the user ${owner} and the group ${group}, not for ${user}`,
    {
      remedy: `\`sudo usermod -aG ${group} ${user}\` puts you into the group, from your next login on; until then, run this with sudo.`
    }
  )
}

/** The nearest thing of a path that can be looked at. */
function nearest(path: string): { closed: string; facts: Stats } {
  try {
    return { closed: path, facts: statSync(path) }
  } catch (error) {
    if (dirname(path) === path) throw error
    return nearest(dirname(path))
  }
}
