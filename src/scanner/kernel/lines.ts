import { findNewline } from './find'
import * as line from './line'
import { row } from './line'
import { reserve } from './memory'
import { Column, setNumber, Step } from './program'
import { complete, givesBack, has, micros, Registers, registersOf, WALL, ZONE, get } from './registers'
import { runSteps } from './run'

/** A line that was not followed; the host reads the same five words. */
@unmanaged
export class Rejection {
  start: u32
  length: u32
  reason: u32
  at: u32
  step: i32
}

// @ts-ignore: decorator
@inline const RETURN: u8 = 0x0d

let steps: usize = 0
let stepsEnd: usize = 0
let everyLine: u32 = 0
let timeWanted: bool = false
let timeEnd: usize = 0

let maxLine: usize = 0
let maxRows: u32 = 0
let maxRejected: u32 = 0

export let times: usize = 0
export let zones: usize = 0
export let starts: usize = 0
export let lengths: usize = 0
export let flags: usize = 0
export let rejections: usize = 0

/** What the last `scanLines` brought. */
export let rejected: u32 = 0
/** Inside a line that was rejected as too long: its rest is not looked at. */
export let skipping: bool = false

export function setSkipping(value: bool): void {
  skipping = value
}

export function setLimits(line: u32, rows: u32, rejects: u32): void {
  maxLine = line
  maxRows = rows
  maxRejected = rejects
  times = reserve(rows * 8)
  zones = reserve(rows * 2)
  starts = reserve(rows * 4)
  lengths = reserve(rows * 4)
  flags = reserve(rows)
  rejections = reserve(rejects * offsetof<Rejection>())
}

/** The steps to run; `lineFlags` are set on every line, `end` is the column of `time_end` or 0. */
export function setProgram(first: usize, end: usize, lineFlags: u32, withTime: bool, endColumn: usize): void {
  steps = first
  stepsEnd = end
  everyLine = lineFlags
  timeWanted = withTime
  timeEnd = endColumn
}

/**
 * Scans the lines between two addresses. `final`: bytes without a line end behind them are a line too.
 * Gives the address of the first byte that is not done with; `row` and `rejected` tell how many lines.
 */
export function scanLines(from: usize, to: usize, final: bool): usize {
  line.setRow(0)
  rejected = 0
  let p = from
  while (p < to && row < maxRows && rejected < maxRejected) {
    const newline = findNewline(p, to)
    if (skipping) {
      p = min(newline + 1, to)
      skipping = newline == to
      continue
    }
    let end = newline
    let lineFlags = everyLine
    if (newline == to) {
      if (!final) {
        // One byte more could still be the line end's `\r`.
        if (to - p < maxLine + 2) break
        skipping = true
      }
      lineFlags |= line.UNTERMINATED
    } else if (newline > p && load<u8>(newline - 1) == RETURN) {
      end--
      lineFlags |= line.CARRIAGE_RETURN
    }
    if (end - p > maxLine) reject(from, p, maxLine, line.LONG, 0, -1)
    else if (end > p) scanLine(from, p, end, lineFlags)
    p = min(newline + 1, to)
  }
  if (final && p == to) skipping = false
  return p
}

function scanLine(from: usize, start: usize, end: usize, lineFlags: u32): void {
  line.openLine(end, lineFlags)
  registersOf(0).told = 0
  registersOf(1).told = 0
  const p = runSteps(changetype<Step>(steps), stepsEnd, start)
  if (p != 0 && p != end) line.fail(line.TRAILING, p, -1)
  if (p != end || !setTimes()) {
    return reject(from, start, end - start, line.failReason, line.failAt - start, line.failStep)
  }
  store<u32>(starts + (<usize>row << 2), <u32>(start - from))
  store<u32>(lengths + (<usize>row << 2), <u32>(end - start))
  store<u8>(flags + row, <u8>line.flags)
  line.setRow(row + 1)
}

function reject(from: usize, start: usize, length: usize, reason: u32, at: usize, step: i32): void {
  const rejection = changetype<Rejection>(rejections + <usize>rejected * offsetof<Rejection>())
  rejected++
  rejection.start = <u32>(start - from)
  rejection.length = <u32>length
  rejection.reason = reason
  rejection.at = <u32>at
  rejection.step = step
}

/** The line's times and zone out of what its steps told; false when they make none. */
function setTimes(): bool {
  const time = registersOf(0)
  const ended = registersOf(1)
  const zone = has(time, ZONE) ? get(time, ZONE) : has(ended, ZONE) ? get(ended, ZONE) : 0
  store<i16>(zones + (<usize>row << 1), <i16>zone)
  if (timeWanted) {
    if (!complete(time, zone, line.lineEnd)) return false
    // The wall clock in one piece, with its zone, always gives itself back.
    if ((time.told & ~((1 << WALL) | (1 << ZONE))) != 0) checkPrinted(time, zone)
    store<f64>(times + (<usize>row << 3), <f64>micros)
  } else store<f64>(times + (<usize>row << 3), NaN)
  if (timeEnd == 0) return true
  const column = changetype<Column>(timeEnd)
  if (ended.told == 0) {
    setNumber(column, row, NaN)
    return true
  }
  if (!complete(ended, zone, line.lineEnd)) return false
  checkPrinted(ended, zone)
  setNumber(column, row, <f64>micros)
  return true
}

/** A time that a 64-bit float does not hold, or that would be printed otherwise, is not canonical. */
function checkPrinted(registers: Registers, zone: i64): void {
  if (<i64>(<f64>micros) != micros || !givesBack(registers, zone)) line.notCanonical()
}
