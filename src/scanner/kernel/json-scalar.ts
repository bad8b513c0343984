/** The small pieces of JSON. All give 0 for bytes that are none. */
import { isDigit } from './digits'

export function isHex(p: usize): bool {
  const byte = load<u8>(p)
  return isDigit(byte) || <u8>((byte | 0x20) - 0x61) < 6
}

function digitsEnd(p: usize, limit: usize): usize {
  const start = p
  while (p < limit && isDigit(load<u8>(p))) p++
  return p == start ? 0 : p
}

/** The end of a number: no zeros before its digits, a fraction and an exponent perhaps. */
export function numberEnd(p: usize, limit: usize): usize {
  if (load<u8>(p) == 0x2d) p++
  const zero = p < limit && load<u8>(p) == 0x30
  p = zero ? p + 1 : digitsEnd(p, limit)
  if (p == 0) return 0
  if (p < limit && load<u8>(p) == 0x2e) {
    p = digitsEnd(p + 1, limit)
    if (p == 0) return 0
  }
  if (p < limit && (load<u8>(p) | 0x20) == 0x65) {
    p++
    if (p < limit && (load<u8>(p) == 0x2b || load<u8>(p) == 0x2d)) p++
    return digitsEnd(p, limit)
  }
  return p
}

/** The end of `true`, `false` or `null`. */
export function literalEnd(p: usize, limit: usize): usize {
  const four = load<u32>(p)
  if (four == 0x65757274 || four == 0x6c6c756e) return p + 4 <= limit ? p + 4 : 0
  return four == 0x736c6166 && load<u8>(p, 4) == 0x65 && p + 5 <= limit ? p + 5 : 0
}
