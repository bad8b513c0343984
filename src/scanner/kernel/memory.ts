/**
 * Memory of the kernel. What lives as long as the program is reserved once; what dictionaries need grows in
 * blocks of powers of two, kept in a list of free ones by size when given back, so that endless distinct
 * values reuse the same memory.
 */

/** Spare bytes behind everything that is read 16 at a time. */
export const GUARD: u32 = 64

const PAGE_BITS: u32 = 16
const heads = memory.data(32 * sizeof<usize>())
let top: usize = 0

/** Memory that is never given back, aligned to 64 bytes and zero. Traps where there is none left. */
export function reserve(size: usize): usize {
  if (top == 0) top = (__heap_base + 63) & ~63
  const block = top
  top += (size + 63) & ~63
  if (top < block) unreachable()
  const pages = <i32>((top + ((1 << PAGE_BITS) - 1)) >>> PAGE_BITS)
  const missing = pages - memory.size()
  if (missing > 0 && memory.grow(missing) < 0) unreachable()
  return block
}

/** The power of two that `allocate` takes for a size of up to 2^31. */
export function blockSize(size: u32): u32 {
  if (size > 0x80000000) unreachable()
  return size <= 64 ? 64 : 1 << (32 - clz(size - 1))
}

/** A block of `blockSize(size)` bytes. What it holds is left over from its last use. */
export function allocate(size: u32): usize {
  const head = heads + <usize>(ctz(blockSize(size)) * sizeof<usize>())
  const block = load<usize>(head)
  if (block == 0) return reserve(blockSize(size))
  store<usize>(head, load<usize>(block))
  return block
}

/** Gives back a block of `allocate(size)`. */
export function release(block: usize, size: u32): void {
  const head = heads + <usize>(ctz(blockSize(size)) * sizeof<usize>())
  store<usize>(block, load<usize>(head))
  store<usize>(head, block)
}
