/** A block of memory that is no larger is kept when it is empty. */
const KEPT = 131_072

/** Bytes in order, put in at one end and taken out at the other: one block of memory, however small the pieces. */
export class ByteQueue {
  #block = new Uint8Array(0)
  #begin = 0
  #end = 0

  get length(): number {
    return this.#end - this.#begin
  }

  push(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#block.length) this.#makeRoom(bytes.length)
    this.#block.set(bytes, this.#end)
    this.#end += bytes.length
  }

  /** Copies the first bytes into `into`; returns how many. */
  peek(into: Uint8Array): number {
    const count = Math.min(into.length, this.length)
    into.set(this.#block.subarray(this.#begin, this.#begin + count))
    return count
  }

  /** The first `count` bytes are done with. */
  drop(count: number): void {
    this.#begin += count
    if (this.#begin < this.#end) return
    this.#begin = 0
    this.#end = 0
    if (this.#block.length > KEPT) this.#block = new Uint8Array(0)
  }

  /** In the block itself while that is half empty, so that each byte is moved a few times at the most. */
  #makeRoom(bytes: number): void {
    const { length } = this
    const needed = length + bytes
    const from = this.#block.subarray(this.#begin, this.#end)
    if (2 * needed > this.#block.length) {
      this.#block = new Uint8Array(Math.max(1024, 2 * needed))
      this.#block.set(from)
    } else this.#block.copyWithin(0, this.#begin, this.#end)
    this.#begin = 0
    this.#end = length
  }
}
