/**
 * The scanner's kernel: runs formats' programs over bytes in its own memory and fills columns.
 * The host (../scanner.ts) builds the programs with `addStep` and `addSlot`, writes bytes into the input, calls `scan` and reads
 * the columns. Addresses are byte offsets in the exported memory, which may grow with every call.
 */
import * as dictionaries from './dictionary'
import { Dictionary } from './dictionary'
import * as slot from './slot'
import { slotAt } from './slot'
import * as lines from './lines'
import { allocate, GUARD, release, reserve } from './memory'
import { Column, createColumn, Step } from './program'

let maxSteps: u32 = 0
let steps: usize = 0
let stepCount: u32 = 0
/** Where the steps of the next slot begin. */
let formSteps: u32 = 0
let columnRows: u32 = 0

/** Makes room for the columns of `rows` lines, `rejects` rejections, `count` steps and `slots`. Called once, first. */
export function open(maxLine: u32, rows: u32, rejects: u32, count: u32, slots: u32, seed: u64): void {
  dictionaries.seedHashes(seed)
  columnRows = rows
  maxSteps = count
  steps = reserve(count * offsetof<Step>())
  lines.setLimits(maxLine, rows, rejects)
  slot.createForms(slots, rows)
}

/** Memory for `size` bytes of input or text, with the spare bytes behind it that searches need. */
export function buffer(size: u32): usize {
  return reserve(size + GUARD)
}

/** A block for a short time; `release` gives it back. */
export function allocateBlock(size: u32): usize {
  return allocate(size)
}

export function releaseBlock(block: usize, size: u32): void {
  release(block, size)
}

/** A column of codes (`text`) or of numbers. */
export function addColumn(text: bool): usize {
  return changetype<usize>(createColumn(text, columnRows))
}

export function columnValues(column: usize): usize {
  return changetype<Column>(column).values
}

export function columnDictionary(column: usize): usize {
  return changetype<Column>(column).dictionary
}

/** Nobody asks for the values of a text column. */
export function mute(column: usize): void {
  changetype<Dictionary>(changetype<Column>(column).dictionary).muted = true
}

/** Adds the next step. See `Step` for what the arguments mean; a group, a name of JSON and a timed text hold the `inner` steps after it. */
export function addStep(
  index: u32, kind: u32, mode: u32, text: usize, length: u32, skip: u32, scale: f64, timeField: u32, detail: u32,
  inner: u32, a: usize, b: usize, c: usize, d: usize, e: usize
): void {
  if (stepCount == maxSteps) unreachable()
  const address = stepAddress(stepCount)
  const step = changetype<Step>(address)
  step.kind = kind
  step.mode = mode
  step.text = text
  step.length = length
  step.skip = skip
  step.scale = scale
  step.timeField = timeField
  step.detail = detail
  step.index = index
  step.end = address + <usize>(inner + 1) * offsetof<Step>()
  step.a = changetype<Column>(a)
  step.b = changetype<Column>(b)
  step.c = changetype<Column>(c)
  step.d = changetype<Column>(d)
  step.e = changetype<Column>(e)
  stepCount++
}

function stepAddress(index: u32): usize {
  return steps + <usize>index * offsetof<Step>()
}

/**
 * Ends a program, the next slot: flags that every line gets, whether its steps give the time, the column of `time_end` or 0, and
 * that of `details` where its lines may go on.
 */
export function addSlot(lineFlags: u32, timed: bool, endColumn: usize, details: usize): void {
  slot.addSlot(stepAddress(formSteps), stepAddress(stepCount), lineFlags, timed, endColumn, details)
  formSteps = stepCount
}

/** A byte that lines of a continued slot begin with. */
export function addOpening(byte: u8): void {
  slot.addOpening(byte)
}

/** Texts with which lines begin that go on no other: each behind its length in one byte, up to a length of 0. */
export function setAlones(texts: usize): void {
  slot.setAlones(texts)
}

/** What directive lines begin with. */
export function setDirectivePrefix(text: usize, length: u32): void {
  slot.setDirectivePrefix(text, length)
}

/** See `scanLines`. */
export function scan(from: usize, to: usize, final: bool, settled: bool): usize {
  return lines.scanLines(from, to, final, settled)
}

export function rows(index: u32): u32 {
  return slotAt(index).rows
}

export function rejected(): u32 {
  return lines.rejected
}

export function full(): bool {
  return lines.full
}

export function held(): bool {
  return lines.held
}

export function directiveStart(): usize {
  return lines.directiveStart
}

export function directiveLength(): u32 {
  return lines.directiveLength
}

export function skipping(): bool {
  return lines.skipping
}

export function setSkipping(value: bool): void {
  lines.setSkipping(value)
}

export function times(index: u32): usize {
  return slotAt(index).times
}

export function zones(index: u32): usize {
  return slotAt(index).zones
}

export function starts(index: u32): usize {
  return slotAt(index).starts
}

export function lengths(index: u32): usize {
  return slotAt(index).lengths
}

export function flags(index: u32): usize {
  return slotAt(index).flags
}

export function rejections(): usize {
  return lines.rejections
}

export function dictionarySize(dictionary: usize): u32 {
  return changetype<Dictionary>(dictionary).size
}

export function dictionaryBytes(dictionary: usize): u32 {
  return changetype<Dictionary>(dictionary).used
}

export function valueStart(dictionary: usize, code: u32): usize {
  return dictionaries.valueStart(changetype<Dictionary>(dictionary), code)
}

export function valueLength(dictionary: usize, code: u32): u32 {
  return dictionaries.valueLength(changetype<Dictionary>(dictionary), code)
}

/**
 * Empties a dictionary but for the `count` codes listed at `keep`; each code there is replaced by its new one.
 * The memory of all else is given back.
 */
export function rotate(dictionary: usize, keep: usize, count: u32): void {
  dictionaries.rotate(changetype<Dictionary>(dictionary), keep, count)
}
