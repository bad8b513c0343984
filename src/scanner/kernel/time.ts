import { daysInMonth, daysOf, fullMonth, fullWeekday, monthNamed, nameLength, weekdayNamed } from './calendar'
import { clockOf, colonZoneOf, digitCount, digitValue, fixedDigits, isDigit, leadingDigits, NO_ZONE, paddedDigits, zoneOf } from './digits'
import { lineEnd, notCanonical } from './line'
import * as r from './registers'
import { CLF, CTIME, TIMESTAMP, Step, TIME_PART } from './program'

/** What no four or six bytes are equal to. */
const NOTHING: u64 = u64.MAX_VALUE

/** The day of the last `%t`, twelve bytes: most lines are of the same day as the one before. */
let knownDate: u64 = 0
let knownYear: u64 = NOTHING
let knownDays: i64 = 0
/** Its zone, six bytes with the space before it. */
let knownZone: u64 = NOTHING
let knownOffset: i32 = 0

/** `10/Oct/2000:13:55:36 -0700`. Gives the end of what was read, 0 when it is no time. */
export function readClf(p: usize, step: Step): usize {
  if (p + 26 > lineEnd) return 0
  if (load<u64>(p) != knownDate || <u64>load<u32>(p, 8) != knownYear) {
    if (!learnDate(p)) return 0
  }
  const clock = clockOf(p + 12)
  const zone = load<u64>(p, 18) >>> 16
  if (clock < 0 || (zone != knownZone && !learnZone(p + 20, zone))) return 0
  if (clock % 60 == 0 && load<u8>(p, 18) == 0x36) notCanonical()
  if (knownOffset == 0 && load<u8>(p, 21) == 0x2d) notCanonical()
  const registers = r.registersOf(step.timeField)
  r.put(registers, r.WALL, knownDays * 86400 + clock)
  r.put(registers, r.ZONE, knownOffset)
  return p + 26
}

/** A date with ` 7` for `07` is not kept, so that it is looked at, and flagged, each time. */
function learnDate(p: usize): bool {
  const day = paddedDigits(p)
  const month = monthNamed(p + 3)
  const year = fixedDigits(p + 7, 4)
  if (load<u8>(p, 2) != 0x2f || load<u8>(p, 6) != 0x2f || load<u8>(p, 11) != 0x3a) return false
  if (month < 0 || year < 0 || day < 1 || day > daysInMonth(year, month)) return false
  const padded = load<u8>(p) == 0x20
  if (padded) notCanonical()
  knownDate = load<u64>(p)
  knownYear = padded ? NOTHING : <u64>load<u32>(p, 8)
  knownDays = daysOf(year, month, day)
  return true
}

function learnZone(p: usize, bytes: u64): bool {
  const offset = zoneOf(p + 1)
  if (load<u8>(p) != 0x20 || offset == NO_ZONE) return false
  knownZone = bytes
  knownOffset = offset
  return true
}

/** `Tue Oct 10 13:55:36.123456 2000`. Gives the end of what was read, 0 when it is no time. */
export function readCtime(p: usize, step: Step): usize {
  if (p + 24 > lineEnd) return 0
  const weekday = weekdayNamed(p)
  const month = monthNamed(p + 4)
  const day = paddedDigits(p + 8)
  const clock = clockOf(p + 11)
  if (load<u8>(p, 3) != 0x20 || load<u8>(p, 7) != 0x20 || load<u8>(p, 10) != 0x20) return 0
  if (weekday < 0 || month < 0 || clock < 0) return 0

  let q = p + 19
  let digits: u32 = 0
  let fraction: i64 = 0
  if (load<u8>(q) == 0x2e) {
    q++
    while (digits < 7 && isDigit(load<u8>(q + digits))) digits++
    if (digits != 3 && digits != 6) return 0
    fraction = fixedDigits(q, digits) * (digits == 3 ? 1000 : 1)
    q += digits
  }
  const year = fixedDigits(q + 1, 4)
  if (q + 5 > lineEnd || load<u8>(q) != 0x20 || year < 0) return 0
  if (day < 1 || day > daysInMonth(year, month)) return 0

  if (digits != step.detail || load<u8>(p, 8) == 0x20 || load<u8>(p, 17) == 0x36) notCanonical()
  const registers = r.registersOf(step.timeField)
  r.put(registers, r.WEEKDAY, weekday)
  r.put(registers, r.WALL, <i64>daysOf(year, month, day) * 86400 + clock)
  if (digits != 0) r.put(registers, r.MICRO, fraction)
  return q + 5
}

/** The timeparts, numbered as the host does. */
const enum Part {
  YEAR, MONTH, MONTH_NAME, DAY, DAY_PADDED, HOUR, MINUTE, SECOND, WEEKDAY_NAME, MILLI, MICRO, ZONE, DAY_OF_YEAR,
  SECONDS, MILLIS, MICROS, YEAR_OF_CENTURY, MONTH_FULL, WEEKDAY_FULL, HOUR_PADDED, HOUR12, HOUR12_PADDED, MERIDIEM,
  ZONE_COLON, ZULU, WEEKDAY_FROM_MONDAY, WEEKDAY_FROM_SUNDAY, MERIDIEM_LOWER
}

/** The register that a timepart gives. */
function registerOf(part: u32): u32 {
  switch (part) {
    case Part.YEAR:
    case Part.YEAR_OF_CENTURY: return r.YEAR
    case Part.MONTH:
    case Part.MONTH_NAME:
    case Part.MONTH_FULL: return r.MONTH
    case Part.DAY:
    case Part.DAY_PADDED: return r.DAY
    case Part.HOUR:
    case Part.HOUR_PADDED: return r.HOUR
    case Part.HOUR12:
    case Part.HOUR12_PADDED: return r.HOUR12
    case Part.MERIDIEM:
    case Part.MERIDIEM_LOWER: return r.MERIDIEM
    case Part.MINUTE: return r.MINUTE
    case Part.SECOND: return r.SECOND
    case Part.WEEKDAY_NAME:
    case Part.WEEKDAY_FULL:
    case Part.WEEKDAY_FROM_MONDAY:
    case Part.WEEKDAY_FROM_SUNDAY: return r.WEEKDAY
    case Part.MILLI: return r.MILLI
    case Part.MICRO: return r.MICRO
    case Part.ZONE:
    case Part.ZONE_COLON:
    case Part.ZULU: return r.ZONE
    case Part.DAY_OF_YEAR: return r.DAY_OF_YEAR
    case Part.SECONDS: return r.SECONDS
    case Part.MILLIS: return r.MILLIS
    default: return r.MICROS
  }
}

/** One piece of a time. Gives the end of what was read, 0 when it is none. */
export function readPart(p: usize, step: Step): usize {
  const registers = r.registersOf(step.timeField)
  const register = registerOf(step.detail)
  if (register == r.DAY || register == r.DAY_OF_YEAR) {
    registers.dayAt = p
    registers.dayStep = step.index
  }
  switch (step.detail) {
    case Part.YEAR: return fixed(p, 4, 0, 9999, registers, register)
    case Part.MONTH: return fixed(p, 2, 1, 12, registers, register)
    case Part.MONTH_NAME: return taken(p, 3, monthNamed(p), registers, register)
    case Part.DAY:
    case Part.DAY_PADDED: return readDay(p, step.detail == Part.DAY_PADDED, registers)
    case Part.HOUR: return fixed(p, 2, 0, 23, registers, register)
    case Part.MINUTE: return fixed(p, 2, 0, 59, registers, register)
    case Part.SECOND: return fixed(p, 2, 0, 60, registers, register)
    case Part.WEEKDAY_NAME: return taken(p, 3, weekdayNamed(p), registers, register)
    case Part.MILLI: return fixed(p, 3, 0, 999, registers, register)
    case Part.MICRO: return fixed(p, 6, 0, 999999, registers, register)
    case Part.ZONE: return readZone(p, registers)
    case Part.ZONE_COLON: return readColonZone(p, registers)
    case Part.ZULU: return taken(p, 1, load<u8>(p) == 0x5a ? 0 : -1, registers, register)
    case Part.YEAR_OF_CENTURY: return readYearOfCentury(p, registers)
    case Part.MONTH_FULL: return named(p, fullMonth(p), registers, register)
    case Part.WEEKDAY_FULL: return named(p, fullWeekday(p), registers, register)
    case Part.HOUR_PADDED: return padded(p, 0, 23, registers, register)
    case Part.HOUR12: return fixed(p, 2, 1, 12, registers, register)
    case Part.HOUR12_PADDED: return padded(p, 1, 12, registers, register)
    case Part.MERIDIEM: return readMeridiem(p, 0, registers)
    case Part.MERIDIEM_LOWER: return readMeridiem(p, 0x2020, registers)
    case Part.WEEKDAY_FROM_SUNDAY: return fixed(p, 1, 0, 6, registers, register)
    case Part.WEEKDAY_FROM_MONDAY: return readFromMonday(p, registers)
    case Part.DAY_OF_YEAR: return fixed(p, 3, 1, 366, registers, register)
    default: return readEpoch(p, registers, register)
  }
}

/** Puts a value of `size` bytes, unless it is negative or the line is too short. */
function taken(p: usize, size: u32, value: i32, registers: r.Registers, register: u32): usize {
  if (p + size > lineEnd || value < 0) return 0
  r.put(registers, register, value)
  return p + size
}

function fixed(p: usize, size: u32, low: i32, high: i32, registers: r.Registers, register: u32): usize {
  const value = fixedDigits(p, size)
  return taken(p, size, value < low || value > high ? -1 : value, registers, register)
}

function readDay(p: usize, padded: bool, registers: r.Registers): usize {
  const day = paddedDigits(p)
  if (load<u8>(p) == (padded ? 0x30 : 0x20)) notCanonical()
  return taken(p, 2, day < 1 || day > 31 ? -1 : day, registers, r.DAY)
}

/** A full name, whose length is known by now. */
function named(p: usize, value: i32, registers: r.Registers, register: u32): usize {
  return taken(p, nameLength, value, registers, register)
}

/** Two digits, the first of them printed as a blank where it is a zero. */
function padded(p: usize, low: i32, high: i32, registers: r.Registers, register: u32): usize {
  const value = paddedDigits(p)
  if (load<u8>(p) == 0x30) notCanonical()
  return taken(p, 2, value < low || value > high ? -1 : value, registers, register)
}

/** 69 to 99 are of the last century (POSIX, strptime). */
function readYearOfCentury(p: usize, registers: r.Registers): usize {
  const year = fixedDigits(p, 2)
  return taken(p, 2, year < 0 ? -1 : year < 69 ? 2000 + year : 1900 + year, registers, r.YEAR)
}

/** Sunday is 7. */
function readFromMonday(p: usize, registers: r.Registers): usize {
  const day = fixedDigits(p, 1)
  return taken(p, 1, day < 1 || day > 7 ? -1 : day % 7, registers, r.WEEKDAY)
}

/** `lower` has the bits by which small letters differ. */
function readMeridiem(p: usize, lower: u16, registers: r.Registers): usize {
  const letters = load<u16>(p) ^ lower
  return taken(p, 2, letters == 0x4d41 ? 0 : letters == 0x4d50 ? 1 : -1, registers, r.MERIDIEM)
}

function readColonZone(p: usize, registers: r.Registers): usize {
  if (p < lineEnd && load<u8>(p) == 0x5a) {
    notCanonical()
    r.put(registers, r.ZONE, 0)
    return p + 1
  }
  const offset = colonZoneOf(p)
  if (p + 6 > lineEnd || offset == NO_ZONE) return 0
  if (offset == 0 && load<u8>(p) == 0x2d) notCanonical()
  r.put(registers, r.ZONE, offset)
  return p + 6
}

function readZone(p: usize, registers: r.Registers): usize {
  const offset = zoneOf(p)
  if (p + 5 > lineEnd || offset == NO_ZONE) return 0
  if (offset == 0 && load<u8>(p) == 0x2d) notCanonical()
  r.put(registers, r.ZONE, offset)
  return p + 5
}

/** The largest number of microseconds that a 64-bit float holds exactly: 2^53, in the year 2255. */
export const LARGEST: i64 = 9007199254740992

/** 1 to 16 digits that make a time up to LARGEST. */
function readEpoch(p: usize, registers: r.Registers, register: u32): usize {
  const scale: i64 = register == r.SECONDS ? 1000000 : register == r.MILLIS ? 1000 : 1
  leadingDigits(p, lineEnd)
  const end = p + digitCount
  if (digitCount == 0 || digitValue > LARGEST / scale || (end < lineEnd && isDigit(load<u8>(end)))) return 0
  if (digitCount > 1 && load<u8>(p) == 0x30) notCanonical()
  r.put(registers, register, digitValue)
  return end
}

/** Takes back what a step may have filled. */
export function forget(step: Step): void {
  const registers = r.registersOf(step.timeField)
  if (step.kind == CLF) registers.filled &= ~((1 << r.WALL) | (1 << r.ZONE))
  else if (step.kind == CTIME) registers.filled &= ~((1 << r.WALL) | (1 << r.WEEKDAY) | (1 << r.MICRO))
  else if (step.kind == TIMESTAMP) registers.filled &= ~((1 << r.WALL) | (1 << r.ZONE) | (1 << r.MICRO) | (1 << r.MICROS))
  else if (step.kind == TIME_PART) registers.filled &= ~(1 << registerOf(step.detail))
}
