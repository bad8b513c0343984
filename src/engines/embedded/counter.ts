/**
 * Counts and sums by integer key: open addressing, sparse, so that many windows with many keys stay small.
 * Keys are 32-bit integers.
 */
export class Counter {
  #mask = 63
  #used = new Uint8Array(64)
  #keys = new Int32Array(64)
  #counts = new Float64Array(64)
  #sums = new Float64Array(64)
  #size = 0

  get size(): number {
    return this.#size
  }

  add(key: number, count: number, sum: number): void {
    const mask = this.#mask
    let slot = (Math.imul(key, 0x9e3779b1) >>> 7) & mask
    while (this.#used[slot] === 1) {
      if (this.#keys[slot] === key) {
        this.#counts[slot]! += count
        this.#sums[slot]! += sum
        return
      }
      slot = (slot + 1) & mask
    }
    this.#used[slot] = 1
    this.#keys[slot] = key
    this.#counts[slot] = count
    this.#sums[slot] = sum
    if (++this.#size * 2 > mask) this.#grow()
  }

  /** Calls `visit` once for each key, in no particular order. */
  each(visit: (key: number, count: number, sum: number) => void): void {
    for (let slot = 0; slot <= this.#mask; slot++)
      if (this.#used[slot] === 1) visit(this.#keys[slot]!, this.#counts[slot]!, this.#sums[slot]!)
  }

  #grow(): void {
    const old = { used: this.#used, keys: this.#keys, counts: this.#counts, sums: this.#sums }
    const slots = (this.#mask + 1) * 2
    this.#mask = slots - 1
    this.#used = new Uint8Array(slots)
    this.#keys = new Int32Array(slots)
    this.#counts = new Float64Array(slots)
    this.#sums = new Float64Array(slots)
    this.#size = 0
    for (let slot = 0; slot < old.used.length; slot++)
      if (old.used[slot] === 1) this.add(old.keys[slot]!, old.counts[slot]!, old.sums[slot]!)
  }
}
