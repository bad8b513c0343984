/**
 * The scanner's kernel: runs a format's program over bytes in its own memory and fills columns.
 * The host (../kernel.ts) builds the program with `addStep`, writes bytes into the input, calls `scan` and reads
 * the columns. Addresses are byte offsets in the exported memory, which may grow with every call.
 */
import * as dictionaries from './dictionary'
import { Dictionary } from './dictionary'
import * as line from './line'
import * as lines from './lines'
import { allocate, GUARD, release, reserve } from './memory'
import { Column, createColumn, GROUP, Step } from './program'

let maxSteps: u32 = 0
let steps: usize = 0
let stepCount: u32 = 0
let columnRows: u32 = 0

/** Makes room for the columns of `rows` lines, `rejects` rejections and `count` steps. Called once, first. */
export function open(maxLine: u32, rows: u32, rejects: u32, count: u32, seed: u64): void {
  dictionaries.seedHashes(seed)
  columnRows = rows
  maxSteps = count
  steps = reserve(count * offsetof<Step>())
  lines.setLimits(maxLine, rows, rejects)
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

/** Adds the next step. See `Step` for what the arguments mean; a group holds the `inner` steps after it. */
export function addStep(
  index: u32, kind: u32, mode: u32, text: usize, length: u32, skip: u32, scale: f64, timeField: u32, detail: u32,
  inner: u32, a: usize, b: usize, c: usize, d: usize, e: usize
): void {
  if (stepCount == maxSteps) unreachable()
  const address = steps + <usize>stepCount * offsetof<Step>()
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
  step.end = kind == GROUP ? address + <usize>(inner + 1) * offsetof<Step>() : 0
  step.a = changetype<Column>(a)
  step.b = changetype<Column>(b)
  step.c = changetype<Column>(c)
  step.d = changetype<Column>(d)
  step.e = changetype<Column>(e)
  stepCount++
}

/** Ends the program: flags that every line gets, whether a line needs a time, the column of `time_end` or 0. */
export function start(lineFlags: u32, withTime: bool, endColumn: usize): void {
  lines.setProgram(steps, steps + <usize>stepCount * offsetof<Step>(), lineFlags, withTime, endColumn)
}

/** See `scanLines`. */
export function scan(from: usize, to: usize, final: bool): usize {
  return lines.scanLines(from, to, final)
}

export function rows(): u32 {
  return line.row
}

export function rejected(): u32 {
  return lines.rejected
}

export function skipping(): bool {
  return lines.skipping
}

export function setSkipping(value: bool): void {
  lines.setSkipping(value)
}

export function times(): usize {
  return lines.times
}

export function zones(): usize {
  return lines.zones
}

export function starts(): usize {
  return lines.starts
}

export function lengths(): usize {
  return lines.lengths
}

export function flags(): usize {
  return lines.flags
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
