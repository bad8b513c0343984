import { findNewline } from './find'
import { count, Slot, slotAt, isDirectiveLine, opens, standsAlone } from './slot'
import * as line from './line'
import { reserve } from './memory'
import { setNumber, Step } from './program'
import * as record from './record'
import { closeRecord, extend, isOpen, openRecord, withdraw } from './record'
import { complete, givesBack, has, micros, Registers, registersOf, WALL, ZONE, get } from './registers'
import { runSteps } from './run'

/** A line that was not followed; the host reads the same six words. */
@unmanaged
export class Rejection {
  start: u32
  length: u32
  reason: u32
  at: u32
  step: i32
  program: u32
}

// @ts-ignore: decorator
@inline const RETURN: u8 = 0x0d

let maxLine: usize = 0
let maxRows: u32 = 0
let maxRejected: u32 = 0

export let rejections: usize = 0

/** What the last `scanLines` brought. */
export let rejected: u32 = 0
/** Some slot's rows, or the rejections, were full before the bytes were used up. */
export let full: bool = false
/** The last whole line was left because it may go on. */
export let held: bool = false
/** The directive line that the scan ended behind, and its length; 0 without one. */
export let directiveStart: usize = 0
export let directiveLength: u32 = 0
/** Inside a line that was rejected as too long: its rest is not looked at. */
export let skipping: bool = false

export function setSkipping(value: bool): void {
  skipping = value
}

export function setLimits(line: u32, rows: u32, rejects: u32): void {
  maxLine = line
  maxRows = rows
  maxRejected = rejects
  rejections = reserve(rejects * offsetof<Rejection>())
}

/**
 * Scans the lines between two addresses, up to a directive line. `final`: bytes without a line end behind them are a line too.
 * `settled`: a line at the end does not go on. Gives the address of the first byte that is not done with.
 */
export function scanLines(from: usize, to: usize, final: bool, settled: bool): usize {
  for (let i: u32 = 0; i < count; i++) slotAt(i).rows = 0
  rejected = 0
  full = false
  held = false
  directiveLength = 0
  let p = from
  while (p < to && !full && directiveLength == 0) {
    const newline = findNewline(p, to)
    if (skipping) {
      p = min(newline + 1, to)
      skipping = newline == to
      continue
    }
    let end = newline
    let lineFlags: u32 = 0
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
    if (isDirectiveLine(p, end)) {
      closeRecord()
      directiveStart = p
      directiveLength = <u32>(end - p)
    } else if (end - p > maxLine) {
      closeRecord()
      reject(from, p, maxLine, line.LONG, 0, -1, 0)
    } else if (end > p) scanLine(from, p, end, lineFlags)
    p = min(newline + 1, to)
  }
  if (final && p == to) skipping = false
  // A line whose beginning is there is no part of the record where both would be too long.
  const open = full || p == to || to - record.start <= maxLine + 2
  if (isOpen() && open && (full || (!final && !settled))) {
    held = !full
    return withdraw()
  }
  closeRecord()
  return p
}

/** What is known of why no slot went on: what the one that got furthest says. */
let furthest: usize = 0
let furthestReason: u32 = 0
let furthestStep: i32 = 0
let furthestForm: u32 = 0

/** Gives the line to the first slot that it follows, or to the record that it goes on. */
function scanLine(from: usize, start: usize, end: usize, lineFlags: u32): void {
  furthest = 0
  if (tryForms(true, from, start, end, lineFlags)) return
  const alone = standsAlone(start, end)
  if (alone || !opens(start)) {
    if (!alone && isOpen() && end - record.start <= maxLine) return extend(end, lineFlags)
    if (tryForms(false, from, start, end, lineFlags)) return
  }
  closeRecord()
  reject(from, start, end - start, furthestReason, furthest - start, furthestStep, furthestForm)
}

/** Tries the slots whose steps give the time, or the others. */
// @ts-ignore: decorator
@inline
function tryForms(timed: bool, from: usize, start: usize, end: usize, lineFlags: u32): bool {
  for (let i: u32 = 0; i < count; i++) {
    const slot = slotAt(i)
    if (slot.timed != timed) continue
    if (follows(slot, start, end, lineFlags)) {
      closeRecord()
      keep(slot, from, start, end)
      return true
    }
    if (line.failAt <= furthest) continue
    furthest = line.failAt
    furthestReason = line.failReason
    furthestStep = line.failStep
    furthestForm = i
  }
  return false
}

/** Runs a slot's steps over a line, into its next row. */
// @ts-ignore: decorator
@inline
function follows(slot: Slot, start: usize, end: usize, lineFlags: u32): bool {
  line.setRow(slot.rows)
  line.openLine(end, lineFlags | slot.lineFlags)
  registersOf(0).filled = 0
  registersOf(1).filled = 0
  const p = runSteps(changetype<Step>(slot.steps), slot.stepsEnd, start)
  if (p != 0 && p != end) line.fail(line.TRAILING, p, -1)
  return p == end && setTimes(slot)
}

/** Ends the row that a line has filled. */
// @ts-ignore: decorator
@inline
function keep(slot: Slot, from: usize, start: usize, end: usize): void {
  const row = slot.rows++
  store<u32>(slot.starts + (<usize>row << 2), <u32>(start - from))
  store<u32>(slot.lengths + (<usize>row << 2), <u32>(end - start))
  store<u8>(slot.flags + row, <u8>line.flags)
  if (changetype<usize>(slot.details) != 0) openRecord(slot, row, start, end)
  if (slot.rows == maxRows) full = true
}

function reject(
  from: usize, start: usize, length: usize, reason: u32, at: usize, step: i32, program: u32
): void {
  const rejection = changetype<Rejection>(rejections + <usize>rejected * offsetof<Rejection>())
  rejected++
  rejection.start = <u32>(start - from)
  rejection.length = <u32>length
  rejection.reason = reason
  rejection.at = <u32>at
  rejection.step = step
  rejection.program = program
  if (rejected == maxRejected) full = true
}

/** The line's times and zone out of what its steps gave; false when they make none. */
function setTimes(slot: Slot): bool {
  const row = slot.rows
  const time = registersOf(0)
  const ended = registersOf(1)
  const zone = has(time, ZONE) ? get(time, ZONE) : has(ended, ZONE) ? get(ended, ZONE) : 0
  store<i16>(slot.zones + (<usize>row << 1), <i16>zone)
  if (slot.timed) {
    if (!complete(time, zone, line.lineEnd)) return false
    // The wall clock in one piece, with its zone, always gives itself back.
    if ((time.filled & ~((1 << WALL) | (1 << ZONE))) != 0) checkPrinted(time, zone)
    store<f64>(slot.times + (<usize>row << 3), <f64>micros)
  } else store<f64>(slot.times + (<usize>row << 3), NaN)
  const column = slot.timeEnd
  if (changetype<usize>(column) == 0) return true
  if (ended.filled == 0) {
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
