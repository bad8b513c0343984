import { daysInMonth, daysOf } from './calendar'
import { clockOf, colonZoneOf, fixedDigits, isDigit, NO_ZONE, zoneOf } from './digits'
import { lineEnd, notCanonical } from './line'
import { Step } from './program'
import * as r from './registers'
import { LARGEST, readClf } from './time'

/** A time in any usual slot that ends where the line does. Gives the end of what was read, 0 when it is no time. */
export function readTimestamp(p: usize, step: Step): usize {
  notCanonical()
  const registers = r.registersOf(step.timeField)
  if (p + 19 <= lineEnd && load<u8>(p, 4) == 0x2d) return readIso(p, registers)
  const end = p + 26 == lineEnd && load<u8>(p, 2) == 0x2f ? readClf(p, step) : readSince(p, step.detail, registers)
  return end == lineEnd ? end : 0
}

/** `2000-10-10T13:55:36`, a fraction perhaps, and a zone perhaps. */
function readIso(p: usize, registers: r.Registers): usize {
  const year = fixedDigits(p, 4)
  const month = fixedDigits(p + 5, 2)
  const day = fixedDigits(p + 8, 2)
  const clock = clockOf(p + 11)
  const between = load<u8>(p, 10)
  if (load<u8>(p, 7) != 0x2d || (between != 0x54 && between != 0x20)) return 0
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month) || clock < 0) return 0
  let q = p + 19
  let micros: i32 = 0
  if (q < lineEnd && (load<u8>(q) == 0x2e || load<u8>(q) == 0x2c)) {
    const first = ++q
    let unit: i32 = 100000
    for (; q < lineEnd && isDigit(load<u8>(q)); q++) {
      micros += (load<u8>(q) - 0x30) * unit
      unit /= 10
    }
    if (q == first) return 0
  }
  const zone = zoneUpTo(q)
  if (zone == NO_ZONE) return 0
  r.put(registers, r.WALL, <i64>daysOf(year, month, day) * 86400 + clock)
  r.put(registers, r.MICRO, micros)
  r.put(registers, r.ZONE, zone)
  return lineEnd
}

/** What is left as a zone in minutes: nothing, `Z`, `+hh`, `+hhmm` or `+hh:mm`, behind a blank perhaps. */
function zoneUpTo(q: usize): i32 {
  if (q == lineEnd) return 0
  if (load<u8>(q) == 0x20) q++
  const left = lineEnd - q
  if (left == 1) return load<u8>(q) == 0x5a ? 0 : NO_ZONE
  if (left == 5) return zoneOf(q)
  if (left == 6) return colonZoneOf(q)
  if (left != 3) return NO_ZONE
  const sign = load<u8>(q)
  const hours = fixedDigits(q + 1, 2)
  if ((sign != 0x2b && sign != 0x2d) || hours < 0 || hours > 14) return NO_ZONE
  return sign == 0x2d ? -hours * 60 : hours * 60
}

/** Digits since 1970, with a fraction perhaps, in a unit (1 to 4: s, ms, µs, ns) or, for 0, in that which fits. */
function readSince(p: usize, unit: u32, registers: r.Registers): usize {
  let q = p
  let value: u64 = 0
  for (; q < lineEnd && isDigit(load<u8>(q)); q++) {
    if (q - p == 19) return 0
    value = value * 10 + (load<u8>(q) - 0x30)
  }
  if (q == p) return 0
  if (unit == 0) unit = value < 100000000000 ? 1 : value < 100000000000000 ? 2 : value < 100000000000000000 ? 3 : 4
  /** What one of the unit is worth in microseconds; a digit of the fraction a tenth of it. */
  let worth: u64 = unit == 1 ? 1000000 : unit == 2 ? 1000 : 1
  if (value > <u64>LARGEST / worth * (unit == 4 ? 1000 : 1)) return 0
  let micros = unit == 4 ? value / 1000 : value * worth
  if (q < lineEnd && load<u8>(q) == 0x2e) {
    const first = ++q
    if (unit == 4) worth = 0
    for (; q < lineEnd && isDigit(load<u8>(q)); q++) {
      worth /= 10
      micros += (load<u8>(q) - 0x30) * worth
    }
    if (q == first) return 0
  }
  r.put(registers, r.MICROS, <i64>micros)
  r.put(registers, r.ZONE, 0)
  return q
}
