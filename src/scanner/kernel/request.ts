import { intern } from './dictionary'
import { isDigit } from './digits'
import { findByte } from './find'
import { notCanonical, row } from './line'
import { Column, dictionaryOf, setCode, Step } from './program'

// @ts-ignore: decorator
@inline const SPACE: u8 = 0x20

/** `tchar` of RFC 9110, a bit for each of the bytes 0 to 127. */
const TOKEN_LOW: u64 = 0x03ff6cfa00000000
const TOKEN_HIGH: u64 = 0x57ffffffc7fffffe

function isToken(p: usize, end: usize): bool {
  if (p == end) return false
  for (; p < end; p++) {
    const byte = load<u8>(p)
    const set = byte < 64 ? TOKEN_LOW : byte < 128 ? TOKEN_HIGH : 0
    if (((set >>> (byte & 63)) & 1) == 0) return false
  }
  return true
}

/** The space before `HTTP/` digits [`.` digits] that ends at `end`, 0 without one. */
function protocolBefore(start: usize, end: usize): usize {
  // Nearly always it is HTTP/1.1 or, which differs in one bit, HTTP/1.0.
  if (end - start > 8 && (load<u64>(end - 8) | (<u64>1 << 56)) == 0x312e312f50545448 && load<u8>(end - 9) == SPACE) {
    return end - 9
  }
  let p = end
  while (p > start && isDigit(load<u8>(p - 1))) p--
  if (p == end) return 0
  if (p > start && load<u8>(p - 1) == 0x2e) {
    const point = --p
    while (p > start && isDigit(load<u8>(p - 1))) p--
    if (p == point) return 0
  }
  // ` HTTP/` lies before the digits.
  if (p - start < 6 || load<u32>(p - 5) != 0x50545448 || load<u8>(p - 1) != 0x2f) return 0
  return load<u8>(p - 6) == SPACE ? p - 6 : 0
}

// @ts-ignore: decorator
@inline
function put(column: Column, start: usize, end: usize): void {
  const code = intern(dictionaryOf(column), start, end)
  if (code == 0) notCanonical()
  setCode(column, row, code)
}

/** The target's path and query. A piece that is a sole `-` looks like an absent one: not canonical. */
// @ts-ignore: decorator
@inline
function putTarget(path: Column, query: Column, start: usize, end: usize): void {
  const mark = findByte(start, end, 0x3f)
  put(path, start, mark)
  if (mark < end) put(query, mark + 1, end)
  else setCode(query, row, 0)
}

// @ts-ignore: decorator
@inline
function isAbsentText(start: usize, end: usize): bool {
  return end - start == 1 && load<u8>(start) == 0x2d
}

/** A whole target. */
export function putWholeTarget(step: Step, start: usize, end: usize): void {
  if (!isAbsentText(start, end)) return putTarget(step.a, step.b, start, end)
  setCode(step.a, row, 0)
  setCode(step.b, row, 0)
}

/** Columns a to e: method, path, query, protocol, request. */
export function putRequest(step: Step, start: usize, end: usize): void {
  const space = findByte(start, end, SPACE)
  const target = space + 1
  if (target < end && isToken(start, space)) {
    const protocol = protocolBefore(target, end)
    const targetEnd = protocol == 0 ? end : protocol
    if (target < targetEnd && (protocol != 0 || findByte(target, end, SPACE) == end)) {
      put(step.a, start, space)
      putTarget(step.b, step.c, target, targetEnd)
      if (protocol != 0) put(step.d, protocol + 1, end)
      else setCode(step.d, row, 0)
      setCode(step.e, row, 0)
      return
    }
  }
  setCode(step.a, row, 0)
  setCode(step.b, row, 0)
  setCode(step.c, row, 0)
  setCode(step.d, row, 0)
  setCode(step.e, row, intern(dictionaryOf(step.e), start, end))
}
