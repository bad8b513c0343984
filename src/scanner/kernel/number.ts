import { isDigit } from './digits'
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
  const digits = q
  let value: i64 = 0
  while (q < lineEnd && isDigit(load<u8>(q))) {
    if (q - digits == 15) return 0
    value = value * 10 + (load<u8>(q++) - 0x30)
  }
  if (q == digits) {
    if (!negative) return 0
    setNumber(step.a, row, NaN)
    return q
  }
  if (load<u8>(digits) == 0x30 && (negative || q - digits > 1)) notCanonical()
  const number = <f64>(negative ? -value : value)
  const scaled = number * step.scale
  if (step.scale != 1 && (Math.abs(scaled) > LARGEST || scaled / step.scale != number)) notCanonical()
  setNumber(step.a, row, scaled)
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
