/** Days and their names. The civil-day formulas are Howard Hinnant's (chrono-compatible date algorithms). */

/** Days since 1970 of a day of the proleptic Gregorian calendar. */
export function daysOf(year: i32, month: i32, day: i32): i32 {
  if (month <= 2) year--
  const era = (year >= 0 ? year : year - 399) / 400
  const yearOfEra = year - era * 400
  const dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
  return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468
}

export let civilYear: i32 = 0
export let civilMonth: i32 = 0
export let civilDay: i32 = 0

/** Sets `civilYear`, `civilMonth` and `civilDay` to the day that is `days` after 1970-01-01. */
export function civilOf(days: i32): void {
  days += 719468
  const era = (days >= 0 ? days : days - 146096) / 146097
  const dayOfEra = days - era * 146097
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  const shifted = (5 * dayOfYear + 2) / 153
  civilDay = dayOfYear - (153 * shifted + 2) / 5 + 1
  civilMonth = shifted < 10 ? shifted + 3 : shifted - 9
  civilYear = yearOfEra + era * 400 + <i32>(civilMonth <= 2)
}

export function isLeap(year: i32): bool {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

export function daysInMonth(year: i32, month: i32): i32 {
  if (month == 2) return isLeap(year) ? 29 : 28
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
}

/** 0 for Sunday. */
export function weekdayOf(days: i32): i32 {
  const day = (days + 4) % 7
  return day < 0 ? day + 7 : day
}

/** The month with a name of three letters, -1 for none. */
export function monthNamed(p: usize): i32 {
  switch (load<u32>(p) & 0xffffff) {
    case 0x6e614a: return 1 // Jan
    case 0x626546: return 2 // Feb
    case 0x72614d: return 3 // Mar
    case 0x727041: return 4 // Apr
    case 0x79614d: return 5 // May
    case 0x6e754a: return 6 // Jun
    case 0x6c754a: return 7 // Jul
    case 0x677541: return 8 // Aug
    case 0x706553: return 9 // Sep
    case 0x74634f: return 10 // Oct
    case 0x766f4e: return 11 // Nov
    case 0x636544: return 12 // Dec
    default: return -1
  }
}

/** The weekday with a name of three letters, 0 for Sunday, -1 for none. */
export function weekdayNamed(p: usize): i32 {
  switch (load<u32>(p) & 0xffffff) {
    case 0x6e7553: return 0 // Sun
    case 0x6e6f4d: return 1 // Mon
    case 0x657554: return 2 // Tue
    case 0x646557: return 3 // Wed
    case 0x756854: return 4 // Thu
    case 0x697246: return 5 // Fri
    case 0x746153: return 6 // Sat
    default: return -1
  }
}

/** What stands behind the three letters of a month's name in its full name, as up to eight bytes. */
function restOfMonth(month: i32): u64 {
  switch (month) {
    case 1: return 0x79726175 // January
    case 2: return 0x7972617572 // February
    case 3: return 0x6863 // March
    case 4: return 0x6c69 // April
    case 6: return 0x65 // June
    case 7: return 0x79 // July
    case 8: return 0x747375 // August
    case 9: return 0x7265626d6574 // September
    case 10: return 0x7265626f // October
    case 11: return 0x7265626d65 // November
    case 12: return 0x7265626d65 // December
    default: return 0
  }
}

/** What stands behind the three letters of a weekday's name in its full name. */
function restOfWeekday(weekday: i32): u64 {
  switch (weekday) {
    case 0: return 0x796164 // Sunday
    case 1: return 0x796164 // Monday
    case 2: return 0x79616473 // Tuesday
    case 3: return 0x79616473656e // Wednesday
    case 4: return 0x7961647372 // Thursday
    case 5: return 0x796164 // Friday
    case 6: return 0x7961647275 // Saturday
    default: return 0
  }
}

/** Bytes of the last full name. */
export let nameLength: u32 = 0

/** Whether a full name goes on with `rest`; sets `nameLength`. */
function goesOn(p: usize, rest: u64): bool {
  const length = rest == 0 ? 0 : 8 - (<u32>clz(rest) >>> 3)
  nameLength = 3 + length
  return length == 0 || (load<u64>(p, 3) & (u64.MAX_VALUE >>> ((8 - length) << 3))) == rest
}

/** The month with a full name, -1 for none. */
export function fullMonth(p: usize): i32 {
  const month = monthNamed(p)
  return month >= 0 && goesOn(p, restOfMonth(month)) ? month : -1
}

/** The weekday with a full name, 0 for Sunday, -1 for none. */
export function fullWeekday(p: usize): i32 {
  const weekday = weekdayNamed(p)
  return weekday >= 0 && goesOn(p, restOfWeekday(weekday)) ? weekday : -1
}
