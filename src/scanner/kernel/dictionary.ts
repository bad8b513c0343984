import { allocate, blockSize, GUARD, release, reserve } from './memory'
import { same } from './find'

/**
 * The distinct values of a field, numbered from 1. Open addressing with linear probing; the values lie one after
 * the other in one block, each behind its head, so that a lookup touches two places: a slot and a value.
 * Everything doubles when it is full.
 */
@unmanaged
export class Dictionary {
  /** Pairs of a hash and the offset of a value, 0 where there is none. */
  slots: usize
  /** Number of slots less one; half of them are used at most. */
  mask: u32
  /** The offset of each code's value. */
  offsets: usize
  /** One more than the highest code. */
  size: u32
  bytes: usize
  used: u32
  room: u32
  /** The value found last: the next line often has the same. */
  last: u32
  /** Nobody asks for the values: none is kept. */
  muted: bool
}

/** What stands before a value's bytes. */
@unmanaged
class Head {
  code: u32
  length: u32
}

const FIRST_SLOTS: u32 = 512
const FIRST_ROOM: u32 = 4096
const SLOT: u32 = 8

let seed: u64 = 0

/** Hashes depend on this, so that nobody can write a log whose values all collide. */
export function seedHashes(value: u64): void {
  seed = value
}

export function createDictionary(): Dictionary {
  const dictionary = changetype<Dictionary>(reserve(offsetof<Dictionary>()))
  openDictionary(dictionary)
  dictionary.muted = false
  return dictionary
}

/** Starts empty in blocks of its own, whatever it had before. */
function openDictionary(dictionary: Dictionary): void {
  dictionary.mask = FIRST_SLOTS - 1
  dictionary.slots = emptySlots(FIRST_SLOTS)
  dictionary.offsets = allocate((FIRST_SLOTS / 2) * sizeof<u32>())
  dictionary.size = 1
  dictionary.bytes = allocate(FIRST_ROOM)
  dictionary.room = FIRST_ROOM
  // No value lies at 0, which means none.
  dictionary.used = offsetof<Head>()
  dictionary.last = 0
}

/** Empties a dictionary but for the codes listed at `keep`, and writes their new codes there. */
export function rotate(dictionary: Dictionary, keep: usize, count: u32): void {
  const slots = dictionary.slots
  const capacity = dictionary.mask + 1
  const offsets = dictionary.offsets
  const bytes = dictionary.bytes
  const room = dictionary.room
  openDictionary(dictionary)
  for (let i: u32 = 0; i < count; i++) {
    const at = keep + (<usize>i << 2)
    const value = bytes + load<u32>(offsets + (<usize>load<u32>(at) << 2))
    const start = value + offsetof<Head>()
    store<u32>(at, intern(dictionary, start, start + changetype<Head>(value).length))
  }
  release(slots, capacity * SLOT)
  release(offsets, (capacity / 2) * sizeof<u32>())
  release(bytes, room)
}

export function valueStart(dictionary: Dictionary, code: u32): usize {
  return dictionary.bytes + load<u32>(dictionary.offsets + (<usize>code << 2)) + offsetof<Head>()
}

export function valueLength(dictionary: Dictionary, code: u32): u32 {
  return changetype<Head>(valueStart(dictionary, code) - offsetof<Head>()).length
}

/**
 * The code of the bytes from `start` up to `end`: 0 for a sole `-`, a new one for a value not seen yet; in a muted
 * dictionary 1 for all values.
 */
export function intern(dictionary: Dictionary, start: usize, end: usize): u32 {
  const length = <u32>(end - start)
  if (length == 1 && load<u8>(start) == 0x2d) return 0
  if (dictionary.muted) return 1
  const last = changetype<Head>(dictionary.bytes + dictionary.last)
  if (dictionary.last != 0 && holds(last, start, length)) return last.code
  const hash = hashOf(start, length)
  const mask = dictionary.mask
  for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
    const at = dictionary.slots + <usize>slot * SLOT
    const offset = load<u32>(at, 4)
    if (offset == 0) {
      store<u32>(at, hash)
      store<u32>(at, dictionary.used, 4)
      break
    }
    if (load<u32>(at) != hash) continue
    const head = changetype<Head>(dictionary.bytes + offset)
    if (holds(head, start, length)) {
      dictionary.last = offset
      return head.code
    }
  }
  return add(dictionary, start, length)
}

// @ts-ignore: decorator
@inline
function holds(head: Head, start: usize, length: u32): bool {
  return head.length == length && same(changetype<usize>(head) + offsetof<Head>(), start, length)
}

/** Puts a value where `used` is, which its slot already names. */
function add(dictionary: Dictionary, start: usize, length: u32): u32 {
  const size = (<u32>offsetof<Head>() + length + 7) & ~7
  if (dictionary.used + size + GUARD > dictionary.room) growBytes(dictionary, size)
  const code = dictionary.size++
  const head = changetype<Head>(dictionary.bytes + dictionary.used)
  head.code = code
  head.length = length
  memory.copy(changetype<usize>(head) + offsetof<Head>(), start, length)
  store<u32>(dictionary.offsets + (<usize>code << 2), dictionary.used)
  dictionary.last = dictionary.used
  dictionary.used += size
  if (dictionary.size * 2 > dictionary.mask) growSlots(dictionary)
  return code
}

function growBytes(dictionary: Dictionary, size: u32): void {
  const room = blockSize(max(dictionary.room * 2, dictionary.used + size + GUARD))
  const bytes = allocate(room)
  memory.copy(bytes, dictionary.bytes, dictionary.used)
  release(dictionary.bytes, dictionary.room)
  dictionary.bytes = bytes
  dictionary.room = room
}

function growSlots(dictionary: Dictionary): void {
  const before = dictionary.mask + 1
  const slots = emptySlots(before * 2)
  const mask = before * 2 - 1
  for (let i: u32 = 0; i < before; i++) {
    const pair = load<u64>(dictionary.slots + <usize>i * SLOT)
    if (pair == 0) continue
    let slot = <u32>pair & mask
    while (load<u64>(slots + <usize>slot * SLOT) != 0) slot = (slot + 1) & mask
    store<u64>(slots + <usize>slot * SLOT, pair)
  }
  release(dictionary.slots, before * SLOT)
  dictionary.slots = slots
  dictionary.mask = mask

  const offsets = allocate(before * sizeof<u32>())
  memory.copy(offsets, dictionary.offsets, dictionary.size * sizeof<u32>())
  release(dictionary.offsets, (before / 2) * sizeof<u32>())
  dictionary.offsets = offsets
}

function emptySlots(count: u32): usize {
  const slots = allocate(count * SLOT)
  memory.fill(slots, 0, count * SLOT)
  return slots
}

/** The multiplication that wyhash builds on, in its variant for 32-bit machines (WYHASH_32BIT_MUM). */
// @ts-ignore: decorator
@inline
function fold(a: u64, b: u64): u64 {
  const high = (a >>> 32) * (b >>> 32)
  const cross = (a >>> 32) * <u64>(<u32>b)
  const other = <u64>(<u32>a) * (b >>> 32)
  const low = <u64>(<u32>a) * <u64>(<u32>b)
  return rotr<u64>(cross, 32) ^ high ^ rotr<u64>(other, 32) ^ low
}

const SECRET_A: u64 = 0xa0761d6478bd642f
const SECRET_B: u64 = 0xe7037ed1a0b428db

/**
 * A hash after wyhash (Wang Yi, public domain): 16 bytes a step, each mixed with the secret seed; long values in
 * two lanes that do not wait for each other.
 */
function hashOf(start: usize, length: u32): u32 {
  const key = seed ^ SECRET_A
  let hash = seed ^ SECRET_B ^ length
  let p = start
  let left = length
  if (left > 32) {
    let other = ~hash
    for (; left > 32; left -= 32, p += 32) {
      hash = fold(load<u64>(p) ^ key, load<u64>(p, 8) ^ hash)
      other = fold(load<u64>(p, 16) ^ key, load<u64>(p, 24) ^ other)
    }
    hash ^= rotl<u64>(other, 17)
  }
  if (left > 16) {
    hash = fold(load<u64>(p) ^ key, load<u64>(p, 8) ^ hash)
    left -= 16
    p += 16
  }
  const low = left >= 8 ? load<u64>(p) : load<u64>(p) & ((<u64>1 << (<u64>left * 8)) - 1)
  const high = left > 8 ? load<u64>(p, 8) & (<u64>-1 >>> ((16 - <u64>left) * 8)) : 0
  hash = fold(low ^ key, high ^ hash)
  return <u32>(hash ^ (hash >>> 32))
}
