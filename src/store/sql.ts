/** A whole number for SQL text, rounded towards zero. RangeError when it is not finite. */
export function whole(value: number): string {
  return BigInt(Math.trunc(value)).toString()
}
