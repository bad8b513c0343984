import { gunzip } from '../compression.ts'
import { decisive, digest, growPrint, NOTHING_READ, type Print, type StoredPrint } from './print.ts'

/** What a compressed file holds. */
export interface Contents {
  /** The fingerprint of all of it; it ends where the content does. */
  readonly print: Print
  /** The names of those of the fingerprints asked for that it has. */
  readonly has: ReadonlySet<string>
}

/**
 * Unpacks an open gzip file to see what it holds, a piece with each step. Nothing of a file that begins otherwise than
 * all `prints` is unpacked behind its beginning: it has none of them, and `undefined` is returned; unless it is
 * wanted `whole`. Throws when it is damaged, or not written to its end.
 */
export async function* inspect(
  fd: number,
  prints: ReadonlyMap<string, StoredPrint>,
  whole: boolean
): AsyncGenerator<undefined, Contents | undefined> {
  const has = new Set<string>()
  let possible = [...prints]
  let print = NOTHING_READ
  for await (const bytes of gunzip(fd)) {
    const recent = Buffer.concat([print.tail, bytes])
    const start = print.end - print.tail.length
    const end = print.end + bytes.length
    for (const [name, { tail, tailLength, tailEnd }] of possible)
      if (tailEnd > print.end && tailEnd <= end)
        if (digest(recent.subarray(tailEnd - tailLength - start, tailEnd - start)) === tail) has.add(name)
    const known = decisive(print.end)
    print = growPrint(print, bytes)
    if (!known && decisive(print.end)) possible = possible.filter(([, stored]) => begins(print, stored))
    if (possible.length === 0 && !whole) return undefined
    yield undefined
  }
  const both = possible.filter(([name, stored]) => has.has(name) && begins(print, stored))
  return { print, has: new Set(both.map(([name]) => name)) }
}

function begins({ head }: Print, { head: stored, headLength }: StoredPrint): boolean {
  return digest(head.subarray(0, headLength)) === stored
}
