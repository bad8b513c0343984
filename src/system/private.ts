import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  type Dirent,
  type Stats
} from 'node:fs'
import { join } from 'node:path'
import { VisorError } from '../core/errors.ts'

/** The group that may read what Visor writes. It goes for the whole process, as the umask does. */
let group: number | undefined

/** From now on, what this process makes is for its user alone. */
export function keepPrivate(): void {
  group = undefined
  process.umask(0o077)
}

/** From now on, a group may read what this process makes; gives why not, where it can give the group no files. */
export function shareFiles(name: string | number): VisorError | undefined {
  const id = typeof name === 'number' ? name : groupId(name)
  if (id === undefined)
    return new VisorError('CONFIG', `group: there is no group ${name} on this machine`, {
      remedy: `\`groupadd --system ${name}\` makes it; without "group" all files are for the user alone who runs Visor.`
    })
  const mine = [process.getegid?.(), ...(process.getgroups?.() ?? [])]
  if (process.geteuid?.() !== 0 && !mine.includes(id))
    return new VisorError('CONFIG', `group: the user who runs Visor is not in the group ${name}`, {
      remedy: `\`usermod -aG ${name} USER\` adds a user, from the next login or start of the service on.`
    })
  group = id
  process.umask(0o027)
  return undefined
}

/** The mode of a file that Visor writes. */
export function fileMode(): number {
  return group === undefined ? 0o600 : 0o640
}

/** The mode of a folder that Visor makes; what comes into one that is shared gets its group by the set-group-ID bit. */
function folderMode(): number {
  return group === undefined ? 0o700 : 0o2750
}

/**
 * Gives a file or folder of this process's user its mode and group. All else is left as it is: what is not there, what belongs to
 * others, and links, wherever they lead. Not for the files of a database that is open: closing one gives up its locks.
 */
export function makePrivate(path: string): void {
  withOwn(path, (file, facts) => {
    if (facts.uid !== process.geteuid?.()) return
    if (group !== undefined && facts.gid !== group) fchownSync(file, -1, group)
    fchmodSync(file, facts.isFile() ? fileMode() : folderMode())
  })
}

/** Does something to a file or folder that is there, and no link. */
function withOwn(path: string, work: (file: number, facts: Stats) => void): void {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  let file: number
  try {
    file = openSync(path, flags)
  } catch {
    return
  }
  try {
    const facts = fstatSync(file)
    if (facts.isFile() || facts.isDirectory()) work(file, facts)
  } finally {
    closeSync(file)
  }
}

/** Lets those who may read our files connect to a socket of ours. */
export function shareSocket(path: string): void {
  if (group !== undefined) chownSync(path, -1, group)
  chmodSync(path, group === undefined ? 0o600 : 0o660)
}

/**
 * Makes all in a folder private whose name is one of these, or begins so and goes on with `.` or `-`; the folder too where nothing
 * else is in it, unless it is one for everybody, as /tmp is.
 */
export function makeContentPrivate(folder: string, own: readonly string[]): void {
  const isOwn = (entry: Dirent): boolean => isOf(own, entry)
  const content = contentOf(folder)
  if (content.every(isOwn) && !isForAll(folder)) makePrivate(folder)
  for (const entry of content.filter(isOwn)) makeAllPrivate(entry)
}

/**
 * What root has made in another user's folder, of what `makeContentPrivate` takes for Visor's, becomes that user's, who could not open
 * it otherwise. Not while a database there is open.
 */
export function giveContentToOwner(folder: string, own: readonly string[]): void {
  const { uid, gid } = statSync(folder)
  if (process.geteuid?.() !== 0 || uid === 0) return
  const give = (entry: Dirent): void => {
    const path = join(entry.parentPath, entry.name)
    // A file with another name elsewhere may be anybody's.
    withOwn(path, (file, facts) => {
      if (facts.uid === 0 && (facts.isDirectory() || facts.nlink === 1)) fchownSync(file, uid, gid)
    })
    if (entry.isDirectory()) contentOf(path).forEach(give)
  }
  for (const entry of contentOf(folder)) if (isOf(own, entry)) give(entry)
}

function isOf(own: readonly string[], { name }: Dirent): boolean {
  return own.some(start => name.startsWith(start) && /^[.-]?$/.test(name.charAt(start.length)))
}

function makeAllPrivate(entry: Dirent): void {
  const path = join(entry.parentPath, entry.name)
  makePrivate(path)
  if (entry.isDirectory()) for (const inner of contentOf(path)) makeAllPrivate(inner)
}

function contentOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

/** Whether a folder has the sticky bit. */
function isForAll(folder: string): boolean {
  return ((statSync(folder, { throwIfNoEntry: false })?.mode ?? 0) & 0o1000) !== 0
}

/** The number of a group by its name; `undefined` where this machine knows none of that name. */
function groupId(name: string): number | undefined {
  const id = entryOf('group', name)?.[2]
  return id === undefined ? undefined : Number(id)
}

/** How this machine calls a user or a group; the number as a text where it knows no name. */
export function nameOf(kind: 'passwd' | 'group', id: number): string {
  return entryOf(kind, String(id))?.[0] ?? String(id)
}

/** What the machine knows of a user or a group, by name or number. */
function entryOf(kind: 'passwd' | 'group', key: string): string[] | undefined {
  const { stdout } = spawnSync('getent', [kind, key], { encoding: 'utf8' })
  // Where there is no such command, the file is all there is.
  const lines = (stdout ?? readFileSync(`/etc/${kind}`, 'utf8')).split('\n')
  return lines.map(line => line.split(':')).find(([name, , id]) => name === key || id === key)
}
