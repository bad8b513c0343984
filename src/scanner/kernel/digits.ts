/** Numbers of a fixed number of digits, and the zone. All give -1 for other bytes. */

// @ts-ignore: decorator
@inline
export function isDigit(byte: u8): bool {
  return <u8>(byte - 0x30) <= 9
}

/** `count` digits. */
export function fixedDigits(p: usize, count: u32): i32 {
  let value: i32 = 0
  for (let i: u32 = 0; i < count; i++) {
    const byte = load<u8>(p + i)
    if (!isDigit(byte)) return -1
    value = value * 10 + (byte - 0x30)
  }
  return value
}

/** Two digits, or a space and one digit. */
export function paddedDigits(p: usize): i32 {
  return load<u8>(p) == 0x20 ? fixedDigits(p + 1, 1) : fixedDigits(p, 2)
}

/** What `zoneOf` gives for bytes that are no zone. */
export const NO_ZONE: i32 = i32.MIN_VALUE

/** `+hhmm` or `-hhmm`, at most 14:59, in minutes. */
export function zoneOf(p: usize): i32 {
  const sign = load<u8>(p)
  if (sign != 0x2b && sign != 0x2d) return NO_ZONE
  const hours = fixedDigits(p + 1, 2)
  const minutes = fixedDigits(p + 3, 2)
  if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59) return NO_ZONE
  return sign == 0x2d ? -(hours * 60 + minutes) : hours * 60 + minutes
}

/** `+hh:mm` or `-hh:mm`, at most 14:59, in minutes. */
export function colonZoneOf(p: usize): i32 {
  const sign = load<u8>(p)
  if ((sign != 0x2b && sign != 0x2d) || load<u8>(p, 3) != 0x3a) return NO_ZONE
  const hours = fixedDigits(p + 1, 2)
  const minutes = fixedDigits(p + 4, 2)
  if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59) return NO_ZONE
  return sign == 0x2d ? -(hours * 60 + minutes) : hours * 60 + minutes
}

/** `hh:mm:ss` in seconds; a leap second `:60` is taken. */
// @ts-ignore: decorator
@inline
export function clockOf(p: usize): i32 {
  // Digits become 0 to 9 and colons 0; adding 6 carries where a digit is above 9.
  const digits = load<u64>(p) ^ 0x30303a30303a3030
  if (((digits | (digits + 0x0606000606000606)) & 0xf0f0fff0f0fff0f0) != 0) return -1
  const hours = <i32>(digits & 15) * 10 + <i32>((digits >>> 8) & 15)
  const minutes = <i32>((digits >>> 24) & 15) * 10 + <i32>((digits >>> 32) & 15)
  const seconds = <i32>((digits >>> 48) & 15) * 10 + <i32>(digits >>> 56)
  return hours <= 23 && minutes <= 59 && seconds <= 60 ? hours * 3600 + minutes * 60 + seconds : -1
}

/** The digits of the last `leadingDigits`, and the number that they make. */
export let digitCount: u32 = 0
export let digitValue: i64 = 0

/** Reads the digits from `p` on, up to `limit` and up to 16; more are not looked at. */
export function leadingDigits(p: usize, limit: usize): void {
  let count = min<usize>(digitsIn(p), limit - p)
  digitValue = count == 0 ? 0 : eightDigits(p, count)
  if (count == 8) {
    const more = min<usize>(digitsIn(p + 8), limit - p - 8)
    for (let i: usize = 8; i < 8 + more; i++) digitValue = digitValue * 10 + (load<u8>(p + i) - 0x30)
    count += more
  }
  digitCount = <u32>count
}

/** How many of the eight bytes at `p` are digits before the first that is none. */
// @ts-ignore: decorator
@inline
function digitsIn(p: usize): usize {
  // Digits become 0 to 9; adding 0x76 sets the top bit of all that are above, and may carry only behind them.
  const digits = load<u64>(p) ^ 0x3030303030303030
  const others = (digits | (digits + 0x7676767676767676)) & 0x8080808080808080
  return <usize>(ctz(others) >>> 3)
}

/** The number that `count` digits at `p` make, 1 to 8: pairs of them, of these, and of these are joined at once. */
// @ts-ignore: decorator
@inline
function eightDigits(p: usize, count: usize): i64 {
  let digits = (load<u64>(p) ^ 0x3030303030303030) << ((8 - count) << 3)
  digits = (digits * 10 + (digits >>> 8)) & 0x00ff00ff00ff00ff
  digits = (digits * 100 + (digits >>> 16)) & 0x0000ffff0000ffff
  return (digits * 10000 + (digits >>> 32)) & 0xffffffff
}
