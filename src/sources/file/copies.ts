import { closeSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import { slice } from '../bytes.ts'
import { type Facts, factsAt, inodeOf, openForReading, type Opened } from './facts.ts'
import { isRotationOf, namedCompressed, related, unpackedName } from './names.ts'
import { decisive, type Fingerprint, sameBytes } from './fingerprint.ts'
import type { Tail } from './tail.ts'

/** A file that may be, or have the bytes of, one that was read. */
export interface Candidate {
  readonly path: string
  readonly facts: Facts
}

/**
 * Files that the rotation of `tail` may have left its bytes in: those of a related name in its folder (also where a
 * symbolic link led to it) and among `paths`. Youngest first.
 */
export function candidatesFor(tail: Tail, paths: Iterable<string>): Candidate[] {
  const found = relatives([tail.name, tail.real], paths, name => (namedCompressed(name) ? undefined : name))
  return found.sort((a, b) => b.facts.born - a.facts.born)
}

/**
 * Gzip files of which one may hold what was at `path` (`real` where a symbolic link led there), in its folder and among
 * `paths`. Those that stand beside what they are made of are left out: they are still being written.
 */
export function packedFor(path: string, real: string, paths: Iterable<string>): Candidate[] {
  return relatives([path, real], paths, unpackedName).filter(isAlone)
}

/** Each file in the folders of some paths, and of `others`, of which what `nameOf` makes of its name is related to theirs. */
function relatives(
  paths: readonly string[],
  others: Iterable<string>,
  nameOf: (name: string) => string | undefined
): Candidate[] {
  const folders = new Set(paths.map(path => dirname(path)))
  const nearby = [...folders].flatMap(folder => namesIn(folder).map(name => join(folder, name)))
  const found = new Map<string, Candidate>()
  for (const path of [...nearby, ...others]) {
    const name = nameOf(basename(path))
    if (name === undefined || !paths.some(other => related(name, basename(other)))) continue
    for (const candidate of candidateAt(path))
      if (!found.has(candidate.facts.key)) found.set(candidate.facts.key, candidate)
  }
  return [...found.values()]
}

/**
 * Since when what comes to `path` is new, going by what was read before (since 1970): since the last
 * content there was first seen, or since the youngest of its rotations was made; Infinity where nothing is known.
 */
export function lastSeenAt(path: string, tails: readonly Tail[]): Millis {
  const seen = tails.filter(({ name }) => name === path).map(({ since }) => since)
  if (seen.length > 0) return Math.max(...seen)
  const born = tails.filter(({ name }) => isRotatedFrom(name, path)).map(tail => tail.born)
  return Math.max(0, ...born) || Infinity
}

function isRotatedFrom(name: string, path: string): boolean {
  return dirname(name) === dirname(path) && isRotationOf(basename(name), basename(path))
}

/** Files that, going by their names and ages, were at `path` after `since` (since 1970). */
export function rotationsOf(path: string, since: Millis): Candidate[] {
  const found = rotated(path, name => (namedCompressed(name) ? undefined : name))
  return found.filter(({ facts }) => facts.born >= since)
}

/**
 * Gzip files of what, going by their names and ages, was at `path` after `since`: a compressed file is younger than its
 * content, of which tools keep the time of the last writing, some only the second.
 */
export function packedRotationsOf(path: string, since: Millis): Candidate[] {
  const written = ({ facts }: Candidate): boolean =>
    facts.modified >= Math.floor(since / SECOND_MS) * SECOND_MS
  return rotated(path, unpackedName).filter(file => written(file) && isAlone(file))
}

/** Each file in the folder of `path` of which what `nameOf` makes of its name is that of a rotation. */
function rotated(path: string, nameOf: (name: string) => string | undefined): Candidate[] {
  const names = namesIn(dirname(path)).filter(name => isRotationOf(nameOf(name) ?? '', basename(path)))
  return names.flatMap(name => candidateAt(join(dirname(path), name)))
}

function isAlone({ path }: Candidate): boolean {
  return candidateAt(unpackedName(path) ?? path).length === 0
}

/** Whether the same files have the same names at two times. */
export function sameFiles(a: readonly Candidate[], b: readonly Candidate[]): boolean {
  return textOf(a) === textOf(b)
}

function textOf(files: readonly Candidate[]): string {
  return files.map(({ path, facts }) => `${path} ${facts.key}`).join('\n')
}

/** Opens the file that `tail` was reading, wherever it is now, when it still has the bytes that were read. */
export function findSame(tail: Tail, candidates: readonly Candidate[]): FoundFile | undefined {
  return first(
    candidates.filter(({ facts }) => inodeOf(facts.key) === inodeOf(tail.key)),
    tail
  )
}

/**
 * Opens a copy of what `tail` had read, when there is one, to go on in. The copy must have been written since
 * `tail` began. Where little is known of it, a file in its very place may merely begin alike, unless `cut`: the file itself
 * is still there, but was truncated. `free`: whether a file may be taken.
 */
export function findCopy(
  tail: Tail,
  candidates: readonly Candidate[],
  cut: boolean,
  free: (opened: Opened) => boolean
): FoundFile | undefined {
  if (tail.known === 0) return undefined
  const sure = cut || decisive(tail.known)
  const young = ({ born, modified }: Facts): boolean => Math.max(born, modified) >= tail.since
  const possible = candidates.filter(
    ({ path, facts }) => facts.key !== tail.key && young(facts) && (sure || path !== tail.name)
  )
  return first(possible, tail, free)
}

export interface FoundFile {
  readonly path: string
  readonly opened: Opened
  readonly fingerprint: Fingerprint
}

function first(
  candidates: readonly Candidate[],
  tail: Tail,
  free: (opened: Opened) => boolean = () => true
): FoundFile | undefined {
  for (const { path } of candidates.filter(({ facts }) => facts.size >= tail.offset)) {
    const opened = openOrNot(path)
    if (!opened) continue
    const fingerprint = opened.facts.size >= tail.offset ? tail.found(opened.fd) : undefined
    if (fingerprint && free(opened)) return { path, opened, fingerprint }
    closeSync(opened.fd)
  }
  return undefined
}

/** What a file that was not seen before is, beside one that is being read. */
export type Likeness = 'other' | 'copy so far' | 'copy' | 'replacement'

/**
 * Compares a new file with one that is being read. `copy so far`: the older one stands in its place and the new one
 * has nothing else, as while a copytruncate is under way. `copy`: the same, but the older one was renamed, so that it is
 * read to its end where it is. `replacement`: the older one was deleted and the new one has all of it under its name, as
 * after a move to another file system or when rsync or an editor wrote it anew.
 */
export function compare(fresh: Tail, older: Tail, inPlace: boolean, links: number | undefined): Likeness {
  if (fresh.fd === undefined || older.fd === undefined) return 'other'
  if (fresh.size <= older.size && (inPlace || isDistinctive(fresh.fd, fresh.size))) {
    const likeness = inPlace ? 'copy so far' : 'copy'
    if (sameBytes(fresh.fd, older.fd, fresh.size)) return likeness
  }
  const named = basename(fresh.name) === basename(older.name)
  if (!inPlace && links === 0 && named && fresh.size >= older.size && decisive(older.offset))
    return sameBytes(fresh.fd, older.fd, older.size) ? 'replacement' : 'other'
  return 'other'
}

/** Whether no other file has these first bytes by chance: they are many, the lines of a header not counted. */
export function isDistinctive(fd: number, size: number): boolean {
  if (!decisive(size)) return false
  const text = Buffer.from(slice(fd, 0, Math.min(size, 65_536))).toString('latin1')
  const [header = ''] = /^(#.*\n?)*/.exec(text) ?? []
  return decisive(size - header.length)
}

/** A cheap look before files are compared: the same first bytes, and related names. */
export function looksAlike(fresh: Tail, older: Tail): boolean {
  const length = Math.min(fresh.head.length, older.head.length)
  if (Buffer.compare(fresh.head.subarray(0, length), older.head.subarray(0, length)) !== 0) return false
  return related(basename(fresh.name), basename(older.name))
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** The regular file that a path leads to, when there is one and it may be seen. */
export function candidateAt(path: string): Candidate[] {
  try {
    const facts = factsAt(path)
    return facts?.regular ? [{ path, facts }] : []
  } catch {
    return []
  }
}

/** Opens what may be gone by now. */
export function openOrNot(path: string): Opened | undefined {
  try {
    return openForReading(path)
  } catch {
    return undefined
  }
}
