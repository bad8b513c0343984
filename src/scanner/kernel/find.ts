/**
 * Searches, 16 bytes at a time. They may read up to 16 bytes past `limit`, which GUARD allows for.
 */

/** The first `byte` in `from … limit`, or `limit`. */
// @ts-ignore: decorator
@inline
export function findByte(from: usize, limit: usize, byte: u8): usize {
  return findLane(from, limit, i8x16.splat(byte))
}

/** The first byte that equals all those of `wanted`. */
// @ts-ignore: decorator
@inline
function findLane(from: usize, limit: usize, wanted: v128): usize {
  for (let p = from; p < limit; p += 16) {
    const hits = i8x16.bitmask(i8x16.eq(v128.load(p), wanted))
    if (hits) return min(p + <usize>ctz(hits), limit)
  }
  return limit
}

/** The first byte in `from … limit` that equals all those of one or of another, or `limit`. */
// @ts-ignore: decorator
@inline
function findEither(from: usize, limit: usize, one: v128, other: v128): usize {
  for (let p = from; p < limit; p += 16) {
    const block = v128.load(p)
    const hits = i8x16.bitmask(v128.or(i8x16.eq(block, one), i8x16.eq(block, other)))
    if (hits) return min(p + <usize>ctz(hits), limit)
  }
  return limit
}

/** The first `\n` in `from … limit`, or `limit`: as `findByte`, four blocks at a time, since lines are long. */
export function findNewline(from: usize, limit: usize): usize {
  const wanted = i8x16.splat(0x0a)
  let p = from
  for (; p < limit; p += 64) {
    const first = v128.or(i8x16.eq(v128.load(p), wanted), i8x16.eq(v128.load(p, 16), wanted))
    const second = v128.or(i8x16.eq(v128.load(p, 32), wanted), i8x16.eq(v128.load(p, 48), wanted))
    if (v128.any_true(v128.or(first, second))) break
  }
  return findLane(p, limit, wanted)
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
  const first = v128.load_splat<u8>(text)
  for (let p = findLane(from, limit, first); p + length <= limit; p = findLane(p + 1, limit, first)) {
    if (length == 1 || same(p, text, length)) return p
  }
  return 0
}

/** As `findText`, where a backslash takes the byte after it along. */
export function findQuoted(from: usize, limit: usize, text: usize, length: u32): usize {
  const first = v128.load_splat<u8>(text)
  const backslash = i8x16.splat(0x5c)
  let p = findEither(from, limit, first, backslash)
  while (p + length <= limit) {
    const escape = load<u8>(p) == 0x5c
    if (!escape && (length == 1 || same(p, text, length))) return p
    p = findEither(p + (escape ? 2 : 1), limit, first, backslash)
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
