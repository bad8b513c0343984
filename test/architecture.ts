import { posix } from 'node:path'

/** What the files of one folder of src/ may import from other folders. */
export interface Part {
  readonly folder: string
  /** `all`, or names; `types of X` and `options of X` are kept as they are. */
  readonly may: 'all' | readonly string[]
}

export interface Import {
  readonly from: string
  readonly to: string
  readonly typesOnly: boolean
  /** Loaded when it is called, by `import()` or as a worker. */
  readonly lazy: boolean
}

/** Reads the import table: the rows under a head whose first cell is `folder`. */
export function readTable(markdown: string): Part[] {
  const rows = markdown.split('\n').map(line => line.split('|').map(cell => cell.trim()))
  const head = rows.findIndex(row => row[1] === 'folder')
  const end = rows.findIndex((row, i) => i > head && row.length < 4)
  return rows.slice(head + 2, end < 0 ? undefined : end).map(row => {
    const cell = row[3] ?? ''
    return { folder: row[1] ?? '', may: cell === 'all' ? 'all' : cell === 'nothing' ? [] : cell.split(', ') }
  })
}

/** Tests, and what only they share, are not held to the table. */
export function isTest(path: string): boolean {
  return /\.test\.tsx?$|\/contract\.ts$|\/testing\//.test(path)
}

const STATEMENT =
  /^(?:import|export)\s(?<clause>[^'"`;]*?)from\s*'(?<path>[^']+)'|^import\s*'(?<bare>[^']+)'/gm
const CALL = /\bimport\(\s*'(?<path>[^']+)'\s*\)|\bnew URL\([^)]*?'(?<url>\.[^']*\.[jt]s)'/g

/** The imports of one file that name a file of this repository. */
export function importsOf(path: string, text: string): Import[] {
  const found: Import[] = []
  const add = (target: string | undefined, typesOnly: boolean, lazy = false): void => {
    if (target?.startsWith('.'))
      found.push({ from: path, to: posix.join(posix.dirname(path), target), typesOnly, lazy })
  }
  for (const { groups } of text.matchAll(STATEMENT))
    add(groups?.['path'] ?? groups?.['bare'], isTypesOnly(groups?.['clause'] ?? ''))
  for (const { groups } of text.matchAll(CALL)) add(groups?.['path'] ?? groups?.['url'], false, true)
  return found
}

/** `type { A }`, or braces in which each name is a type. */
function isTypesOnly(clause: string): boolean {
  if (/^type\s/.test(clause)) return true
  const names = /^\{([^}]*)\}\s*$/.exec(clause)?.[1]
  return names !== undefined && names.split(',').every(name => /^\s*(type\s.*)?$/s.test(name))
}

/** The folder of src/ that a file is in; a file of src/ itself is its own. */
export function folderOf(path: string): string {
  return path.split('/')[1] ?? ''
}

/** Imports between folders that the table does not allow, and folders without a row; one line each. */
export function violations(table: readonly Part[], files: ReadonlyMap<string, string>): string[] {
  const parts = new Map(table.map(part => [part.folder, part]))
  const unknown = [...new Set([...files.keys()].map(folderOf))].filter(folder => !parts.has(folder))
  const forbidden = [...files]
    .filter(([path]) => !isTest(path))
    .flatMap(([path, text]) => importsOf(path, text))
    .filter(found => !allows(parts.get(folderOf(found.from)), found))
  return [
    ...unknown.map(folder => `${folder} has no row in the table of ARCHITECTURE.md`),
    ...forbidden.map(({ from, to }) => `${from} may not import ${to}`)
  ]
}

function allows(part: Part | undefined, { from, to, typesOnly }: Import): boolean {
  const folder = folderOf(to)
  if (!to.startsWith('src/')) return to === 'package.json'
  if (part === undefined || part.may === 'all' || folder === folderOf(from)) return true
  return part.may.some(
    name =>
      name === folder ||
      (name === `types of ${folder}` && typesOnly) ||
      (name === `options of ${folder}` && to.endsWith('/options.ts'))
  )
}

/** Chains of files that import each other in a circle, by types alone too. */
export function cycles(files: ReadonlyMap<string, string>): string[] {
  const edges = new Map(Array.from(files, ([path, text]) => [path, importsOf(path, text)]))
  const done = new Set<string>()
  const found: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) found.push([...trail.slice(trail.indexOf(path)), path].join(' -> '))
    if (done.has(path) || trail.includes(path)) return
    for (const { to } of edges.get(path) ?? []) visit(to, [...trail, path])
    done.add(path)
  }
  for (const path of files.keys()) visit(path, [])
  return found
}

const EXPORT =
  /^(?:@inline )?export (?:declare )?(?:async )?(?:abstract )?(?:function\*?|const|class|interface|type|let) (?<name>\w+)/gm

/** Names that several files export, each with these files: a name means one thing. */
export function sharedNames(files: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const exporters = new Map<string, Set<string>>()
  for (const [path, text] of files)
    for (const { groups } of text.matchAll(EXPORT)) {
      const name = groups?.['name'] ?? ''
      exporters.set(name, (exporters.get(name) ?? new Set()).add(path))
    }
  return new Map(
    Array.from(exporters, ([name, paths]) => [name, [...paths]] as const).filter(
      ([, paths]) => paths.length > 1
    )
  )
}

/** Up to how many lines a file is small, and up to how many two are together one file. */
const [SMALL_LINES, ONE_FILE_LINES] = [45, 150]

/**
 * Small files that a single file imports, one beside them and at once: they belong into that. Not those that have a test
 * of their own, nor those that would make a long file of it.
 */
export function crumbs(files: ReadonlyMap<string, string>): string[] {
  const production = [...files].filter(([path]) => !isTest(path))
  const users = Map.groupBy(
    production.flatMap(([path, text]) => importsOf(path, text)),
    ({ to }) => to
  )
  const linesOf = (path: string): number => files.get(path)?.split('\n').length ?? 0
  return production.flatMap(([path]) => {
    const [user, ...others] = new Map(users.get(path)?.map(one => [one.from, one])).values()
    if (!user || user.lazy || others.length > 0) return []
    const isBeside = posix.dirname(user.from) === posix.dirname(path)
    const isOneFile = linesOf(path) <= SMALL_LINES && linesOf(path) + linesOf(user.from) <= ONE_FILE_LINES
    return isBeside && isOneFile && !files.has(path.replace(/\.tsx?$/, '.test.ts')) ? [path] : []
  })
}

/** Constants that are a second, a minute, an hour or a day in numbers: those of core/time.ts are to be used. */
export function ownTimeUnits(files: ReadonlyMap<string, string>): string[] {
  const unit =
    /^(?:export )?const (?:SECOND|MINUTE|HOUR|DAY)(?:_MS)?\b[^=\n]*= (?:\d[\d_]{3,}|\d+e\d|\d+ \* \w+$)/m
  return [...files]
    .filter(([path, text]) => path !== 'src/core/time.ts' && unit.test(text))
    .map(([path]) => path)
}
