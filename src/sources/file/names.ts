/**
 * Whether two file names can be the same log before and after a rotation: one is the other with something appended
 * (`access.log`, `access.log.1`), or they differ by numbers and dates only (`access.log`, `access-20260131.log`).
 */
export function related(a: string, b: string): boolean {
  const [stemA, stemB] = [stem(a), stem(b)]
  return stemA.startsWith(stemB) || stemB.startsWith(stemA)
}

/** The name without its numbers and the separators before them; never empty. */
function stem(name: string): string {
  return name.replace(/[-_.]?\d+/g, '') || name
}

/**
 * Whether `name` is what rotation makes of `log`: a number or date behind it (`access.log.1`), or a whole date within
 * (`access-20260131.log`). Stricter than `related`: `site-1.log` is another log than `site.log`.
 */
export function isRotationOf(name: string, log: string): boolean {
  if (name.startsWith(log)) return /^[-_.]\d[-_.:T\d]*$/.test(name.slice(log.length))
  return name.replace(/[-_.]\d{4}[-_.]?\d\d[-_.]?\d\d[-_:T\d]*/, '') === log
}

/** Whether the name is that of a compressed file, which is never followed: nothing is appended to one. */
export function namedCompressed(name: string): boolean {
  return /\.(gz|bz2|xz|zst|lz4|zip|Z|br)$/i.test(name)
}

/** The name that a gzip file had before it was compressed; `undefined` for any other name. */
export function unpackedName(name: string): string | undefined {
  return /^.+(?=\.gz$)/i.exec(name)?.[0]
}
