import { createDictionary, Dictionary } from './dictionary'
import { reserve } from './memory'

/** What a step does; the host has the same numbers. */
// @ts-ignore: decorator
@inline export const LITERAL: u32 = 0
// @ts-ignore: decorator
@inline export const TEXT: u32 = 1
// @ts-ignore: decorator
@inline export const NUMBER: u32 = 2
// @ts-ignore: decorator
@inline export const REQUEST: u32 = 3
// @ts-ignore: decorator
@inline export const TARGET: u32 = 4
// @ts-ignore: decorator
@inline export const ADDRESS: u32 = 5
// @ts-ignore: decorator
@inline export const CLF: u32 = 6
// @ts-ignore: decorator
@inline export const CTIME: u32 = 7
// @ts-ignore: decorator
@inline export const TIME_PART: u32 = 8
// @ts-ignore: decorator
@inline export const GROUP: u32 = 9
// @ts-ignore: decorator
@inline export const CHAIN: u32 = 10
// @ts-ignore: decorator
@inline export const DECIMAL: u32 = 11
// @ts-ignore: decorator
@inline export const TIMESTAMP: u32 = 12
// @ts-ignore: decorator
@inline export const JSON: u32 = 13
/** A name on the way to members of JSON. */
// @ts-ignore: decorator
@inline export const NAME: u32 = 14

/** Bits of `Step.mode`. */
// @ts-ignore: decorator
@inline export const QUOTED: u32 = 1
// @ts-ignore: decorator
@inline export const LAST: u32 = 2
// @ts-ignore: decorator
@inline export const WORD: u32 = 4
// @ts-ignore: decorator
@inline export const OR_END: u32 = 8
// @ts-ignore: decorator
@inline export const REQUIRED: u32 = 16
// @ts-ignore: decorator
@inline export const OR_EMPTY: u32 = 32
// @ts-ignore: decorator
@inline export const EDGE: u32 = 64
// @ts-ignore: decorator
@inline export const LIST: u32 = 128
// @ts-ignore: decorator
@inline export const TIMED: u32 = 256
// @ts-ignore: decorator
@inline export const HEADED: u32 = 512

/** One column of the batch: codes where there is a dictionary, else numbers. */
@unmanaged
export class Column {
  values: usize
  dictionary: usize
}

/** A step of the program. Which of its parts mean something depends on `kind`. */
@unmanaged
export class Step {
  kind: u32
  mode: u32
  /** The literal, the text that ends the field, or the name of a member of JSON. */
  text: usize
  length: u32
  /** Bytes behind the field that are done with: `length` where the literal after it is what ends it. */
  skip: u32
  scale: f64
  /** 0 for `time`, 1 for `time_end`. */
  timeField: u32
  /** The digits of a ctime's fraction or behind a number's point, or the number of a timepart or of a timestamp's unit. */
  detail: u32
  /** Position for rejections. */
  index: u32
  /** Where the steps of a group, the names below one of JSON, or the time behind a timed text end. */
  end: usize
  /** The columns it fills, 0 where there is none; of a request all five. */
  a: Column
  b: Column
  c: Column
  d: Column
  e: Column
}

// @ts-ignore: decorator
@inline
export function next(step: Step): Step {
  return changetype<Step>(changetype<usize>(step) + offsetof<Step>())
}

export function createColumn(text: bool, rows: u32): Column {
  const column = changetype<Column>(reserve(offsetof<Column>()))
  column.dictionary = text ? changetype<usize>(createDictionary()) : 0
  column.values = reserve(text ? rows * 4 : rows * 8)
  return column
}

// @ts-ignore: decorator
@inline
export function dictionaryOf(column: Column): Dictionary {
  return changetype<Dictionary>(column.dictionary)
}

// @ts-ignore: decorator
@inline
export function setCode(column: Column, row: u32, code: u32): void {
  store<u32>(column.values + (<usize>row << 2), code)
}

// @ts-ignore: decorator
@inline
export function setNumber(column: Column, row: u32, value: f64): void {
  store<f64>(column.values + (<usize>row << 3), value)
}

export function clearColumn(column: Column, row: u32): void {
  if (changetype<usize>(column) == 0) return
  if (column.dictionary != 0) setCode(column, row, 0)
  else setNumber(column, row, NaN)
}

export function isAbsent(column: Column, row: u32): bool {
  if (column.dictionary != 0) return load<u32>(column.values + (<usize>row << 2)) == 0
  return isNaN(load<f64>(column.values + (<usize>row << 3)))
}
