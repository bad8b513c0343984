import { digitCount, digitValue, isDigit, leadingDigits } from './digits'
import { intern } from './dictionary'
import { lineEnd, notCanonical, row } from './line'
import { dictionaryOf, setCode, setNumber, Step } from './program'

/** Beyond this, printing a number divided by its scale may not give it back. */
const LARGEST: f64 = 9007199254740992

/** `-` or 1 to 15 digits, signed. Gives the end of what was read, 0 when it is no number. */
// @ts-ignore: decorator
@inline
export function readNumber(p: usize, step: Step): usize {
  let q = p
  const negative = q < lineEnd && load<u8>(q) == 0x2d
  if (negative) q++
  leadingDigits(q, lineEnd)
  if (digitCount == 0) {
    if (!negative) return 0
    setNumber(step.a, row, NaN)
    return q
  }
  if (digitCount > 15) return 0
  if (load<u8>(q) == 0x30 && (negative || digitCount > 1)) notCanonical()
  q += digitCount
  const number = <f64>(negative ? -digitValue : digitValue)
  const scaled = number * step.scale
  if (step.scale != 1 && (Math.abs(scaled) > LARGEST || scaled / step.scale != number)) notCanonical()
  setNumber(step.a, row, scaled)
  return q
}

/** `-`, or digits with a point and more of them perhaps, 15 at most. Gives the end of what was read, 0 when it is no number. */
export function readDecimal(p: usize, step: Step): usize {
  let q = p
  const negative = q < lineEnd && load<u8>(q) == 0x2d
  if (negative) q++
  leadingDigits(q, lineEnd)
  const whole = digitCount
  if (whole == 0) {
    if (!negative) return 0
    setNumber(step.a, row, NaN)
    return q
  }
  if (whole > 1 && load<u8>(q) == 0x30) notCanonical()
  let number = <f64>digitValue
  q += whole
  let decimals: u32 = 0
  let divisor: f64 = 1
  if (q + 1 < lineEnd && load<u8>(q) == 0x2e && isDigit(load<u8>(q + 1))) {
    leadingDigits(q + 1, lineEnd)
    decimals = digitCount
    if (whole + decimals > 15) return 0
    for (let i: u32 = 0; i < decimals; i++) divisor *= 10
    number = number * divisor + <f64>digitValue
    q += 1 + decimals
  } else if (whole > 15) return 0
  if (negative) number = -number
  const scaled = Math.floor(number * step.scale / divisor + 0.5)
  if (decimals != step.detail || (negative && number == 0)) notCanonical()
  if (Math.abs(scaled) > LARGEST || scaled * divisor / step.scale != number) notCanonical()
  setNumber(step.a, row, scaled + 0)
  return q
}

/**
 * Digits, a fraction and an exponent perhaps, up to the line's end; of those that matter, the first fifteen count. Gives the
 * end of what was read, 0 when it is no number.
 */
export function readScientific(p: usize, step: Step): usize {
  const negative = load<u8>(p) == 0x2d
  let q = negative ? p + 1 : p
  let mantissa: i64 = 0
  let significant: u32 = 0
  let exponent: i32 = 0
  let point: usize = 0
  const first = q
  for (; q < lineEnd; q++) {
    const byte = load<u8>(q)
    if (byte == 0x2e && point == 0 && q > first) point = q
    else if (!isDigit(byte)) break
    else {
      if (significant < 15) mantissa = mantissa * 10 + (byte - 0x30)
      else exponent++
      if (mantissa != 0) significant++
      if (point != 0) exponent--
    }
  }
  if (q == first || (point != 0 && q == point + 1)) return 0
  if (q < lineEnd && (load<u8>(q) | 0x20) == 0x65) {
    const sign = load<u8>(++q)
    if (q < lineEnd && (sign == 0x2b || sign == 0x2d)) q++
    leadingDigits(q, lineEnd)
    if (digitCount == 0 || digitCount > 3) return 0
    exponent += sign == 0x2d ? -<i32>digitValue : <i32>digitValue
    q += digitCount
  }
  let power: f64 = 1
  for (let i = abs(exponent); i > 0; i--) power *= 10
  const scaled = <f64>(negative ? -mantissa : mantissa) * step.scale
  const value = Math.floor((exponent < 0 ? scaled / power : scaled * power) + 0.5)
  if (q != lineEnd || !isFinite(value)) return 0
  setNumber(step.a, row, value + 0)
  return q
}

/** The address and its port in `start … end`. */
export function putAddress(step: Step, start: usize, end: usize): void {
  let p = end
  while (p > start && end - p < 6 && isDigit(load<u8>(p - 1))) p--
  const digits = end - p
  if (digits == 0 || digits > 5 || p == start || load<u8>(p - 1) != 0x3a) {
    setCode(step.a, row, intern(dictionaryOf(step.a), start, end))
    setNumber(step.b, row, NaN)
    return
  }
  const code = intern(dictionaryOf(step.a), start, p - 1)
  if (code == 0 || (digits > 1 && load<u8>(p) == 0x30)) notCanonical()
  setCode(step.a, row, code)
  let port: i32 = 0
  for (; p < end; p++) port = port * 10 + (load<u8>(p) - 0x30)
  setNumber(step.b, row, port)
}
