import { putChain } from './chain'
import { intern } from './dictionary'
import { isDigit } from './digits'
import { same } from './find'
import { fail, lineEnd, MISSING, NO_JSON, NO_NUMBER, NO_TIME, notCanonical, row, setLineEnd } from './line'
import { readTimestamp } from './timestamp'
import { putAddress, readScientific } from './number'
import * as op from './program'
import { clearColumn, dictionaryOf, isAbsent, next, setCode, Step } from './program'
import { putRequest, putWholeTarget } from './request'
import { isHex, literalEnd, numberEnd } from './json-scalar'
import { forget } from './time'

/**
 * One object of JSON. The names that a program asks for are a tree of steps behind the json step, as the steps of a
 * group are: a step's children lie behind it up to its `end`, and `text` is its name.
 */

// @ts-ignore: decorator
@inline const QUOTE: u8 = 0x22
// @ts-ignore: decorator
@inline const COMMA: u8 = 0x2c

const DEEPEST: u32 = 64

/** Position of the json step, for rejections. */
let index: i32 = 0

/** Gives the end of the object and the blanks behind it, 0 after a failure. */
export function readJson(step: Step, p: usize): usize {
  index = step.index
  notCanonical()
  for (let leaf = next(step); changetype<usize>(leaf) < step.end; leaf = next(leaf)) clear(leaf)
  p = blanks(p)
  if (p == lineEnd || load<u8>(p) != 0x7b) return fail(NO_JSON, p, index)
  p = object(step, p + 1, 1)
  if (p == 0) return 0
  p = blanks(p)
  const missing = firstMissing(step)
  return missing < 0 ? p : fail(MISSING, p, missing)
}

/** The first of the required members that is absent, -1 when there is none. */
function firstMissing(step: Step): i32 {
  let first: i32 = -1
  for (let leaf = next(step); changetype<usize>(leaf) < step.end; leaf = next(leaf)) {
    if ((leaf.mode & op.REQUIRED) == 0 || !isEmpty(leaf)) continue
    if (first < 0 || <i32>leaf.index < first) first = leaf.index
  }
  return first
}

function isEmpty(leaf: Step): bool {
  return isAbsent(leaf.a, row) && (leaf.kind != op.REQUEST || isAbsent(leaf.e, row))
}

function clear(leaf: Step): void {
  clearColumn(leaf.a, row)
  clearColumn(leaf.b, row)
  clearColumn(leaf.c, row)
  clearColumn(leaf.d, row)
  clearColumn(leaf.e, row)
  forget(leaf)
}

// @ts-ignore: decorator
@inline
function blanks(p: usize): usize {
  while (p < lineEnd) {
    const byte = load<u8>(p)
    if (byte != 0x20 && byte != 0x09 && byte != 0x0d && byte != 0x0a) break
    p++
  }
  return p
}

// @ts-ignore: decorator
@inline
function isByte(p: usize, byte: u8): bool {
  return p < lineEnd && load<u8>(p) == byte
}

/** The members from behind a `{` on; `parent` has the names that are asked for, or is null. Gives what is behind the `}`. */
function object(parent: Step | null, p: usize, depth: u32): usize {
  p = blanks(p)
  if (isByte(p, 0x7d)) return p + 1
  let hint = parent ? changetype<usize>(next(parent)) : 0
  while (true) {
    const end = isByte(p, QUOTE) ? stringEnd(p) : 0
    if (end == 0) return fail(NO_JSON, p, index)
    const found = parent ? childNamed(parent, hint, p + 1, <u32>(end - p - 1)) : null
    if (found) hint = found.end
    p = blanks(end + 1)
    if (!isByte(p, 0x3a)) return fail(NO_JSON, p, index)
    p = value(found, blanks(p + 1), depth)
    if (p == 0) return 0
    p = blanks(p)
    if (isByte(p, 0x7d)) return p + 1
    if (!isByte(p, COMMA)) return fail(NO_JSON, p, index)
    p = blanks(p + 1)
  }
}

/** The child with a name; `from` is the one that most likely has it. */
function childNamed(parent: Step, from: usize, name: usize, length: u32): Step | null {
  for (let at = from; at < parent.end; at = changetype<Step>(at).end) {
    if (hasName(changetype<Step>(at), name, length)) return changetype<Step>(at)
  }
  for (let at = changetype<usize>(next(parent)); at < from; at = changetype<Step>(at).end) {
    if (hasName(changetype<Step>(at), name, length)) return changetype<Step>(at)
  }
  return null
}

// @ts-ignore: decorator
@inline
function hasName(step: Step, name: usize, length: u32): bool {
  return step.length == length && same(step.text, name, length)
}

/** Reads a value into the fields of the member that it is of, if any. Gives what is behind it. */
function value(member: Step | null, p: usize, depth: u32): usize {
  if (p == lineEnd) return fail(NO_JSON, p, index)
  const byte = load<u8>(p)
  if (byte == QUOTE) {
    const end = stringEnd(p)
    if (end == 0) return fail(NO_JSON, p, index)
    return member && !put(member, p + 1, end) ? 0 : end + 1
  }
  if (byte == 0x7b || byte == 0x5b) {
    if (depth == DEEPEST) return fail(NO_JSON, p, index)
    if (byte == 0x5b) return array(member, p, depth + 1)
    const end = object(member, p + 1, depth + 1)
    return end != 0 && member && !put(member, p, end) ? 0 : end
  }
  const end = byte == 0x2d || isDigit(byte) ? numberEnd(p, lineEnd) : literalEnd(p, lineEnd)
  if (end == 0) return fail(NO_JSON, p, index)
  if (!member) return end
  if (byte != 0x6e) return put(member, p, end) ? end : 0
  clear(member)
  return end
}

/** An array from its `[` on: its first element where that is a string, else its whole text, is the member's value. */
function array(member: Step | null, p: usize, depth: u32): usize {
  const start = p
  p = blanks(p + 1)
  const first = p
  if (isByte(p, 0x5d)) p++
  else {
    while (true) {
      p = value(null, p, depth)
      if (p == 0) return 0
      p = blanks(p)
      if (isByte(p, 0x5d)) break
      if (!isByte(p, COMMA)) return fail(NO_JSON, p, index)
      p = blanks(p + 1)
    }
    p++
  }
  if (!member) return p
  const done = load<u8>(first) == QUOTE ? put(member, first + 1, stringEnd(first)) : put(member, start, p)
  return done ? p : 0
}

/** Fills the fields of a member from its bytes; false, with the reason noted, when they are not what it needs. */
function put(leaf: Step, start: usize, end: usize): bool {
  if (leaf.kind == op.NAME) return true
  clear(leaf)
  if (end == start || (end == start + 1 && load<u8>(start) == 0x2d)) return true
  switch (leaf.kind) {
    case op.TEXT: {
      setCode(leaf.a, row, intern(dictionaryOf(leaf.a), start, end))
      return true
    }
    case op.REQUEST: {
      putRequest(leaf, start, end)
      return true
    }
    case op.TARGET: {
      putWholeTarget(leaf, start, end)
      return true
    }
    case op.ADDRESS: {
      putAddress(leaf, start, end)
      return true
    }
    case op.CHAIN: {
      putChain(leaf, start, end)
      return true
    }
    default: return putWithin(leaf, start, end)
  }
}

/** As `put`, for what reads up to the line's end. */
function putWithin(leaf: Step, start: usize, end: usize): bool {
  const outer = lineEnd
  setLineEnd(end)
  const reached = leaf.kind == op.NUMBER ? readScientific(start, leaf) : readTimestamp(start, leaf)
  setLineEnd(outer)
  if (reached == end) return true
  fail(leaf.kind == op.NUMBER ? NO_NUMBER : NO_TIME, start, leaf.index)
  return false
}

/** The closing quote of the string that begins with the quote at `p`, 0 when there is none or a byte may not stand in it. */
function stringEnd(p: usize): usize {
  const quote = i8x16.splat(QUOTE)
  const backslash = i8x16.splat(0x5c)
  const space = i8x16.splat(0x20)
  p++
  while (p < lineEnd) {
    const block = v128.load(p)
    const special = v128.or(v128.or(i8x16.eq(block, quote), i8x16.eq(block, backslash)), i8x16.lt_u(block, space))
    const hits = i8x16.bitmask(special)
    if (hits == 0) {
      p += 16
      continue
    }
    p += ctz(hits)
    if (p >= lineEnd) return 0
    const byte = load<u8>(p)
    if (byte == QUOTE) return p
    if (byte != 0x5c) return 0
    p = escapeEnd(p + 1)
    if (p == 0) return 0
  }
  return 0
}

/** What is behind an escape whose letter is at `p`, 0 where it is none. */
function escapeEnd(p: usize): usize {
  if (p >= lineEnd) return 0
  switch (load<u8>(p)) {
    case 0x22: // "
    case 0x5c: // \
    case 0x2f: // /
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return p + 1
    case 0x75: // u
      return p + 5 <= lineEnd && isHex(p + 1) && isHex(p + 2) && isHex(p + 3) && isHex(p + 4) ? p + 5 : 0
    default: return 0
  }
}
