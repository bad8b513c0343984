import { allocate, blockSize, GUARD, release, reserve } from './memory'
import { same } from './find'

/**
 * The distinct values of a field, numbered from 1. Open addressing with linear probing over pairs of hash and
 * code; the values lie one after the other in one block. Everything doubles when it is full.
 */
@unmanaged
export class Dictionary {
  slots: usize
  /** Number of slots less one; there are twice as many as entries fit. */
  mask: u32
  entries: usize
  /** One more than the highest code. */
  size: u32
  bytes: usize
  used: u32
  room: u32
  /** The code given last: the next line often has the same value. */
  last: u32
}

/** Where a value lies in its dictionary's bytes. */
@unmanaged
class Entry {
  offset: u32
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
  return dictionary
}

/** Starts empty in blocks of its own, whatever it had before. */
function openDictionary(dictionary: Dictionary): void {
  dictionary.mask = FIRST_SLOTS - 1
  dictionary.slots = emptySlots(FIRST_SLOTS)
  dictionary.entries = allocate((FIRST_SLOTS / 2) * offsetof<Entry>())
  dictionary.size = 1
  dictionary.bytes = allocate(FIRST_ROOM)
  dictionary.room = FIRST_ROOM
  dictionary.used = 0
  dictionary.last = 0
  const absent = entryOf(dictionary, 0)
  absent.offset = 0
  absent.length = 0
}

/** Empties a dictionary but for the codes listed at `keep`, and writes their new codes there. */
export function rotate(dictionary: Dictionary, keep: usize, count: u32): void {
  const slots = dictionary.slots
  const capacity = dictionary.mask + 1
  const entries = dictionary.entries
  const bytes = dictionary.bytes
  const room = dictionary.room
  openDictionary(dictionary)
  for (let i: u32 = 0; i < count; i++) {
    const at = keep + (<usize>i << 2)
    const entry = changetype<Entry>(entries + <usize>load<u32>(at) * offsetof<Entry>())
    const start = bytes + entry.offset
    store<u32>(at, intern(dictionary, start, start + entry.length))
  }
  release(slots, capacity * SLOT)
  release(entries, (capacity / 2) * offsetof<Entry>())
  release(bytes, room)
}

// @ts-ignore: decorator
@inline
export function entryOf(dictionary: Dictionary, code: u32): Entry {
  return changetype<Entry>(dictionary.entries + <usize>code * offsetof<Entry>())
}

/** The code of the bytes from `start` up to `end`: 0 for a sole `-`, a new one for a value not seen yet. */
export function intern(dictionary: Dictionary, start: usize, end: usize): u32 {
  const length = <u32>(end - start)
  if (length == 1 && load<u8>(start) == 0x2d) return 0
  const last = dictionary.last
  if (last != 0 && holds(dictionary, last, start, length)) return last
  const hash = hashOf(start, length)
  const mask = dictionary.mask
  let slot = hash & mask
  while (true) {
    const at = dictionary.slots + <usize>slot * SLOT
    const code = load<u32>(at, 4)
    if (code == 0) {
      store<u32>(at, hash)
      store<u32>(at, dictionary.size, 4)
      return add(dictionary, start, length)
    }
    if (load<u32>(at) == hash && holds(dictionary, code, start, length)) {
      dictionary.last = code
      return code
    }
    slot = (slot + 1) & mask
  }
}

// @ts-ignore: decorator
@inline
function holds(dictionary: Dictionary, code: u32, start: usize, length: u32): bool {
  const entry = entryOf(dictionary, code)
  return entry.length == length && same(dictionary.bytes + entry.offset, start, length)
}

function add(dictionary: Dictionary, start: usize, length: u32): u32 {
  if (dictionary.used + length + GUARD > dictionary.room) growBytes(dictionary, length)
  memory.copy(dictionary.bytes + dictionary.used, start, length)
  const code = dictionary.size++
  const entry = entryOf(dictionary, code)
  entry.offset = dictionary.used
  entry.length = length
  dictionary.used += length
  dictionary.last = code
  if (dictionary.size * 2 > dictionary.mask) growSlots(dictionary)
  return code
}

function growBytes(dictionary: Dictionary, length: u32): void {
  const room = blockSize(max(dictionary.room * 2, dictionary.used + length + GUARD))
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

  const entries = allocate(before * offsetof<Entry>())
  memory.copy(entries, dictionary.entries, dictionary.size * offsetof<Entry>())
  release(dictionary.entries, (before / 2) * offsetof<Entry>())
  dictionary.entries = entries
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

/** A hash after wyhash (Wang Yi, public domain): 16 bytes a step, each mixed with the secret seed. */
function hashOf(start: usize, length: u32): u32 {
  let hash = seed ^ length
  let p = start
  let left = length
  for (; left > 16; left -= 16, p += 16) {
    hash = fold(load<u64>(p) ^ seed ^ 0xa0761d6478bd642f, load<u64>(p, 8) ^ hash ^ 0xe7037ed1a0b428db)
  }
  const low = left >= 8 ? load<u64>(p) : load<u64>(p) & ((<u64>1 << (<u64>left * 8)) - 1)
  const high = left > 8 ? load<u64>(p, 8) & (<u64>-1 >>> ((16 - <u64>left) * 8)) : 0
  hash = fold(low ^ seed ^ 0xa0761d6478bd642f, high ^ hash ^ 0xe7037ed1a0b428db)
  return <u32>(hash ^ (hash >>> 32))
}
