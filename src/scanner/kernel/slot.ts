import { same } from './find'
import { reserve } from './memory'
import { Column } from './program'

/** A program of the scanner with the rows that followed it in the last scan. */
@unmanaged
export class Slot {
  steps: usize
  stepsEnd: usize
  /** Flags that each of its lines gets. */
  lineFlags: u32
  /** Whether its steps give the time. */
  timed: bool
  /** The column of `time_end`, 0 without one. */
  timeEnd: Column
  /** The column that continued lines fill, 0 where lines do not go on. */
  details: Column
  rows: u32
  times: usize
  zones: usize
  starts: usize
  lengths: usize
  flags: usize
}

/** The slots, in the order in which they are tried. */
export let slots: usize = 0
export let count: u32 = 0

/** For each byte whether a line of a continued slot begins with it. */
const openings = memory.data(256)
/** Texts one after the other, each behind its length in one byte, up to a length of 0. */
let alones: usize = 0
/** What directive lines begin with. */
let directivePrefix: usize = 0
let directivePrefixLength: u32 = 0

/** Makes room for slots, each with room for rows. */
export function createForms(number: u32, rows: u32): void {
  slots = reserve(number * offsetof<Slot>())
  for (let i: u32 = 0; i < number; i++) {
    const slot = changetype<Slot>(slots + <usize>i * offsetof<Slot>())
    slot.times = reserve(rows * 8)
    slot.zones = reserve(rows * 2)
    slot.starts = reserve(rows * 4)
    slot.lengths = reserve(rows * 4)
    slot.flags = reserve(rows)
  }
}

// @ts-ignore: decorator
@inline
export function slotAt(index: u32): Slot {
  return changetype<Slot>(slots + <usize>index * offsetof<Slot>())
}

/** The next slot, whose steps are these. */
export function addSlot(steps: usize, stepsEnd: usize, lineFlags: u32, timed: bool, timeEnd: usize, details: usize): void {
  const slot = slotAt(count++)
  slot.steps = steps
  slot.stepsEnd = stepsEnd
  slot.lineFlags = lineFlags
  slot.timed = timed
  slot.timeEnd = changetype<Column>(timeEnd)
  slot.details = changetype<Column>(details)
}

export function addOpening(byte: u8): void {
  store<u8>(openings + byte, 1)
}

export function setAlones(texts: usize): void {
  alones = texts
}

export function setDirectivePrefix(text: usize, length: u32): void {
  directivePrefix = text
  directivePrefixLength = length
}

/** Whether a line begins as those of a continued slot do. */
// @ts-ignore: decorator
@inline
export function opens(start: usize): bool {
  return load<u8>(openings + load<u8>(start)) != 0
}

/** Whether a line begins as one that goes on no other. */
export function standsAlone(start: usize, end: usize): bool {
  if (alones == 0) return false
  for (let at = alones, length: u32 = load<u8>(at); length != 0; at += length + 1, length = load<u8>(at)) {
    if (start + length <= end && same(start, at + 1, length)) return true
  }
  return false
}

// @ts-ignore: decorator
@inline
export function isDirectiveLine(start: usize, end: usize): bool {
  return directivePrefixLength != 0 && start + directivePrefixLength <= end && same(start, directivePrefix, directivePrefixLength)
}
