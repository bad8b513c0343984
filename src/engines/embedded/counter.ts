/** Counts and sums by code. */
export interface Counter {
  /** How many codes were counted. */
  readonly size: number
  add(code: number, count: number, sum: number): void
  /** Calls `visit` once for each code that was counted, in no particular order. */
  each(visit: (code: number, count: number, sum: number) => void): void
}

/** Open addressing: many windows with few codes each stay small. */
export class SparseCounter implements Counter {
  size = 0
  #mask = 63
  #codes = new Uint32Array(64)
  #counts = new Float64Array(64)
  #sums = new Float64Array(64)

  add(code: number, count: number, sum: number): void {
    const mask = this.#mask
    let slot = (Math.imul(code, 0x9e3779b1) >>> 7) & mask
    while (this.#counts[slot] !== 0) {
      if (this.#codes[slot] === code) {
        this.#counts[slot]! += count
        this.#sums[slot]! += sum
        return
      }
      slot = (slot + 1) & mask
    }
    this.#codes[slot] = code
    this.#counts[slot] = count
    this.#sums[slot] = sum
    if (++this.size * 2 > mask) this.#grow()
  }

  each(visit: (code: number, count: number, sum: number) => void): void {
    for (let slot = 0; slot <= this.#mask; slot++)
      if (this.#counts[slot] !== 0) visit(this.#codes[slot]!, this.#counts[slot]!, this.#sums[slot]!)
  }

  #grow(): void {
    const [codes, counts, sums] = [this.#codes, this.#counts, this.#sums]
    const slots = codes.length * 2
    this.#mask = slots - 1
    this.#codes = new Uint32Array(slots)
    this.#counts = new Float64Array(slots)
    this.#sums = new Float64Array(slots)
    this.size = 0
    for (let slot = 0; slot < codes.length; slot++)
      if (counts[slot] !== 0) this.add(codes[slot]!, counts[slot]!, sums[slot]!)
  }
}

/** Arrays as long as the highest code: the quickest way where one window holds most codes. */
export class DenseCounter implements Counter {
  size = 0
  #counts = new Float64Array(1024)
  #sums = new Float64Array(1024)

  add(code: number, count: number, sum: number): void {
    if (code >= this.#counts.length) this.#grow(code)
    if (this.#counts[code] === 0) this.size++
    this.#counts[code]! += count
    this.#sums[code]! += sum
  }

  each(visit: (code: number, count: number, sum: number) => void): void {
    for (let code = 0; code < this.#counts.length; code++)
      if (this.#counts[code] !== 0) visit(code, this.#counts[code]!, this.#sums[code]!)
  }

  #grow(code: number): void {
    const length = Math.max(code + 1, this.#counts.length * 2)
    const [counts, sums] = [new Float64Array(length), new Float64Array(length)]
    counts.set(this.#counts)
    sums.set(this.#sums)
    this.#counts = counts
    this.#sums = sums
  }
}
