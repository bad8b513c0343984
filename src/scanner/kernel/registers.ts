import { civilDay, civilMonth, civilOf, civilYear, daysInMonth, daysOf, isLeap, weekdayOf } from './calendar'
import { fail, notCanonical, NO_TIME } from './line'

/**
 * The pieces of a time that a line has given so far. `%t` and ctime give the wall clock in one piece, timeparts
 * one register each; at the line's end they become microseconds.
 */
// @ts-ignore: decorator
@inline export const YEAR: u32 = 0
// @ts-ignore: decorator
@inline export const MONTH: u32 = 1
// @ts-ignore: decorator
@inline export const DAY: u32 = 2
// @ts-ignore: decorator
@inline export const HOUR: u32 = 3
// @ts-ignore: decorator
@inline export const MINUTE: u32 = 4
// @ts-ignore: decorator
@inline export const SECOND: u32 = 5
// @ts-ignore: decorator
@inline export const WEEKDAY: u32 = 6
// @ts-ignore: decorator
@inline export const MILLI: u32 = 7
// @ts-ignore: decorator
@inline export const MICRO: u32 = 8
// @ts-ignore: decorator
@inline export const ZONE: u32 = 9
// @ts-ignore: decorator
@inline export const DAY_OF_YEAR: u32 = 10
// @ts-ignore: decorator
@inline export const SECONDS: u32 = 11
// @ts-ignore: decorator
@inline export const MILLIS: u32 = 12
// @ts-ignore: decorator
@inline export const MICROS: u32 = 13
/** Seconds since 1970 by the wall clock. */
// @ts-ignore: decorator
@inline export const WALL: u32 = 14
/** 1 to 12. */
// @ts-ignore: decorator
@inline export const HOUR12: u32 = 15
/** 0 for AM, 1 for PM. */
// @ts-ignore: decorator
@inline export const MERIDIEM: u32 = 16

// @ts-ignore: decorator
@inline const DAY_SECONDS: i64 = 86400

@unmanaged
export class Registers {
  /** A bit for each register that was given. */
  filled: u32
  /** Where the day was given and by which step, for rejections. */
  dayAt: usize
  dayStep: i32
}

/** The values follow behind the struct, 8 bytes each. */
// @ts-ignore: decorator
@inline const VALUES: usize = 16
const time = memory.data(16 + 17 * 8, 8)
const timeEnd = memory.data(16 + 17 * 8, 8)

/** The registers of `time` (0) and `time_end` (1). */
// @ts-ignore: decorator
@inline
export function registersOf(field: u32): Registers {
  return changetype<Registers>(field == 0 ? time : timeEnd)
}

// @ts-ignore: decorator
@inline
export function has(registers: Registers, register: u32): bool {
  return (registers.filled & (1 << register)) != 0
}

// @ts-ignore: decorator
@inline
export function get(registers: Registers, register: u32): i64 {
  return load<i64>(changetype<usize>(registers) + VALUES + (<usize>register << 3))
}

function getOr(registers: Registers, register: u32, other: i64): i64 {
  return has(registers, register) ? get(registers, register) : other
}

// @ts-ignore: decorator
@inline
export function put(registers: Registers, register: u32, value: i64): void {
  if (has(registers, register) && get(registers, register) != value) notCanonical()
  store<i64>(changetype<usize>(registers) + VALUES + (<usize>register << 3), value)
  registers.filled |= 1 << register
}

/** Seconds since 1970 by the wall clock, of the last `setWall`. */
let wall: i64 = 0

/** The hour, by 24 or by 12 and its half of the day. */
function hourOf(registers: Registers): i64 {
  if (has(registers, HOUR) || !has(registers, HOUR12)) return getOr(registers, HOUR, 0)
  return get(registers, HOUR12) % 12 + getOr(registers, MERIDIEM, 0) * 12
}

/** Sets `wall` by year, day and clock; false, with the reason noted, when they make no day. */
function setWall(registers: Registers, lineEnd: usize): bool {
  const year = <i32>get(registers, YEAR)
  const byMonth = has(registers, MONTH) && has(registers, DAY)
  if (!has(registers, YEAR) || !(byMonth || has(registers, DAY_OF_YEAR))) {
    fail(NO_TIME, lineEnd, -1)
    return false
  }
  let days: i32
  if (byMonth) {
    const month = <i32>get(registers, MONTH)
    const day = <i32>get(registers, DAY)
    days = daysOf(year, month, day)
    if (day > daysInMonth(year, month)) days = i32.MIN_VALUE
  } else {
    const day = <i32>get(registers, DAY_OF_YEAR)
    days = daysOf(year, 1, 1) + day - 1
    if (day > 365 + <i32>isLeap(year)) days = i32.MIN_VALUE
  }
  if (days == i32.MIN_VALUE) {
    fail(NO_TIME, registers.dayAt, registers.dayStep)
    return false
  }
  const clock = hourOf(registers) * 3600 + getOr(registers, MINUTE, 0) * 60 + getOr(registers, SECOND, 0)
  wall = <i64>days * DAY_SECONDS + clock
  return true
}

/** Microseconds since 1970, of the last `complete`. */
export let micros: i64 = 0

/** Makes one time of what was given, `zone` in minutes; false, with the reason noted, when it does not suffice. */
export function complete(registers: Registers, zone: i64, lineEnd: usize): bool {
  if (has(registers, MICROS)) {
    micros = get(registers, MICROS)
    return true
  }
  if (has(registers, MILLIS)) {
    micros = get(registers, MILLIS) * 1000
    return true
  }
  let seconds: i64
  if (has(registers, SECONDS)) seconds = get(registers, SECONDS)
  else {
    if (has(registers, WALL)) wall = get(registers, WALL)
    else if (!setWall(registers, lineEnd)) return false
    seconds = wall - getOr(registers, ZONE, zone) * 60
  }
  micros = seconds * 1000000 + (has(registers, MICRO) ? get(registers, MICRO) : getOr(registers, MILLI, 0) * 1000)
  return true
}

// @ts-ignore: decorator
@inline
function floorDivide(a: i64, b: i64): i64 {
  const quotient = a / b
  return a % b < 0 ? quotient - 1 : quotient
}

// @ts-ignore: decorator
@inline
function agrees(registers: Registers, register: u32, value: i64): bool {
  return !has(registers, register) || get(registers, register) == value
}

/** Whether `micros`, printed with `zone`, gives every register back. */
export function givesBack(registers: Registers, zone: i64): bool {
  const local = micros + zone * 60000000
  const second = floorDivide(local, 1000000)
  const day = floorDivide(second, DAY_SECONDS)
  const clock = second - day * DAY_SECONDS
  civilOf(<i32>day)
  return (
    agrees(registers, YEAR, civilYear) &&
    agrees(registers, MONTH, civilMonth) &&
    agrees(registers, DAY, civilDay) &&
    agrees(registers, HOUR, clock / 3600) &&
    agrees(registers, HOUR12, (clock / 3600 + 11) % 12 + 1) &&
    agrees(registers, MERIDIEM, clock / 43200) &&
    agrees(registers, MINUTE, (clock / 60) % 60) &&
    agrees(registers, SECOND, clock % 60) &&
    agrees(registers, WEEKDAY, weekdayOf(<i32>day)) &&
    agrees(registers, MILLI, floorDivide(local, 1000) - second * 1000) &&
    agrees(registers, MICRO, local - second * 1000000) &&
    agrees(registers, ZONE, zone) &&
    agrees(registers, DAY_OF_YEAR, <i64>(<i32>day - daysOf(civilYear, 1, 1) + 1)) &&
    agrees(registers, SECONDS, floorDivide(micros, 1000000)) &&
    agrees(registers, MILLIS, floorDivide(micros, 1000)) &&
    agrees(registers, MICROS, micros) &&
    agrees(registers, WALL, second)
  )
}
