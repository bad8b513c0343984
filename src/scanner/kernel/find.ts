/**
 * Searches, 16 bytes at a time. They may read up to 16 bytes past `limit`, which GUARD allows for.
 */

/** The first `byte` in `from … limit`, or `limit`. */
// @ts-ignore: decorator
@inline
export function findByte(from: usize, limit: usize, byte: u8): usize {
  const wanted = i8x16.splat(byte)
  for (let p = from; p < limit; p += 16) {
    const hits = i8x16.bitmask(i8x16.eq(v128.load(p), wanted))
    if (hits) return min(p + <usize>ctz(hits), limit)
  }
  return limit
}

/** The first of two bytes in `from … limit`, or `limit`. */
// @ts-ignore: decorator
@inline
function findEither(from: usize, limit: usize, byte: u8, other: u8): usize {
  const one = i8x16.splat(byte)
  const two = i8x16.splat(other)
  for (let p = from; p < limit; p += 16) {
    const block = v128.load(p)
    const hits = i8x16.bitmask(v128.or(i8x16.eq(block, one), i8x16.eq(block, two)))
    if (hits) return min(p + <usize>ctz(hits), limit)
  }
  return limit
}

/** Whether two runs of `length` bytes are the same. */
// @ts-ignore: decorator
@inline
export function same(a: usize, b: usize, length: u32): bool {
  while (length >= 16) {
    if (i8x16.bitmask(i8x16.eq(v128.load(a), v128.load(b))) != 0xffff) return false
    a += 16
    b += 16
    length -= 16
  }
  const differing = ~i8x16.bitmask(i8x16.eq(v128.load(a), v128.load(b)))
  return (differing & ((1 << length) - 1)) == 0
}

/** The first place in `from … limit` where the whole text fits, 0 when there is none. */
// @ts-ignore: decorator
@inline
export function findText(from: usize, limit: usize, text: usize, length: u32): usize {
  const first = load<u8>(text)
  for (let p = findByte(from, limit, first); p + length <= limit; p = findByte(p + 1, limit, first)) {
    if (length == 1 || same(p, text, length)) return p
  }
  return 0
}

/** As `findText`, where a backslash takes the byte after it along. */
export function findQuoted(from: usize, limit: usize, text: usize, length: u32): usize {
  const first = load<u8>(text)
  let p = findEither(from, limit, first, 0x5c)
  while (p + length <= limit) {
    const escape = load<u8>(p) == 0x5c
    if (!escape && (length == 1 || same(p, text, length))) return p
    p = findEither(p + (escape ? 2 : 1), limit, first, 0x5c)
  }
  return 0
}

/** The last place where the whole text fits, or `limit`. */
export function findLast(from: usize, limit: usize, text: usize, length: u32, quoted: bool): usize {
  let found = limit
  let p = from
  while ((p = quoted ? findQuoted(p, limit, text, length) : findText(p, limit, text, length)) != 0) found = p++
  return found
}
