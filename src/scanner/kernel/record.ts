/**
 * The last line, as long as lines without a slot of their own may still belong to it: it and they are one record. Its
 * details are a value of the dictionary only once all of them are known.
 */
import { intern } from './dictionary'
import { Slot } from './slot'
import { CARRIAGE_RETURN, NOT_CANONICAL } from './line'
import { dictionaryOf, setCode } from './program'

let slot: usize = 0
let row: u32 = 0
/** Where it begins, where its second line does (0 as long as there is none), and where its last line ends. */
export let start: usize = 0
let details: usize = 0
let end: usize = 0

// @ts-ignore: decorator
@inline
export function isOpen(): bool {
  return slot != 0
}

/** A line of a slot whose lines may go on begins a record. */
// @ts-ignore: decorator
@inline
export function openRecord(owner: Slot, at: u32, from: usize, to: usize): void {
  slot = changetype<usize>(owner)
  row = at
  start = from
  details = 0
  end = to
  setCode(owner.details, at, 0)
}

/** Takes in a line. */
export function extend(to: usize, lineFlags: u32): void {
  const record = changetype<Slot>(slot)
  const before: u32 = load<u8>(record.flags + row)
  let kept = before & NOT_CANONICAL
  if (details == 0) {
    const returned = (before & CARRIAGE_RETURN) != 0
    // The first line's end is printed as `\n`.
    if (returned) kept |= NOT_CANONICAL
    details = end + (returned ? 2 : 1)
  }
  end = to
  store<u32>(record.lengths + (<usize>row << 2), <u32>(to - start))
  store<u8>(record.flags + row, <u8>(kept | lineFlags))
}

/** Nothing more belongs to the record. */
// @ts-ignore: decorator
@inline
export function closeRecord(): void {
  if (slot == 0) return
  if (details != 0) {
    const column = changetype<Slot>(slot).details
    setCode(column, row, intern(dictionaryOf(column), details, end))
  }
  slot = 0
}

/** Takes the record back; gives where it begins. */
export function withdraw(): usize {
  changetype<Slot>(slot).rows--
  slot = 0
  return start
}
