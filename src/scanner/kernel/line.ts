/** The line at hand: where it is, what was noticed about it, and why it could not go on. */

/** Bits of core's `Flag`. */
// @ts-ignore: decorator
@inline export const NOT_CANONICAL: u32 = 1
// @ts-ignore: decorator
@inline export const CARRIAGE_RETURN: u32 = 2
// @ts-ignore: decorator
@inline export const UNTERMINATED: u32 = 4

/** Reasons of a rejection; the host has the same numbers. */
// @ts-ignore: decorator
@inline export const NO_LITERAL: u32 = 0
// @ts-ignore: decorator
@inline export const MISSING: u32 = 1
// @ts-ignore: decorator
@inline export const NO_NUMBER: u32 = 2
// @ts-ignore: decorator
@inline export const NO_TIME: u32 = 3
// @ts-ignore: decorator
@inline export const TRAILING: u32 = 4
// @ts-ignore: decorator
@inline export const LONG: u32 = 5
// @ts-ignore: decorator
@inline export const NO_JSON: u32 = 6

export let row: u32 = 0
export let lineEnd: usize = 0
export let flags: u32 = 0
export let failReason: u32 = 0
export let failAt: usize = 0
export let failStep: i32 = 0

export function setRow(value: u32): void {
  row = value
}

// @ts-ignore: decorator
@inline
export function openLine(end: usize, lineFlags: u32): void {
  lineEnd = end
  flags = lineFlags
}

/** Lets what reads up to the line's end end earlier. */
// @ts-ignore: decorator
@inline
export function setLineEnd(end: usize): void {
  lineEnd = end
}

export function setFlags(value: u32): void {
  flags = value
}

// @ts-ignore: decorator
@inline
export function notCanonical(): void {
  flags |= NOT_CANONICAL
}

/** Notes why the line cannot go on; 0 so that the caller knows. */
export function fail(reason: u32, at: usize, step: i32): usize {
  failReason = reason
  failAt = at
  failStep = step
  return 0
}
