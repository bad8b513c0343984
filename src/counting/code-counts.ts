/** Rows to be counted: by code, where 0 is no key. */
export interface Rows {
  readonly codes: Uint32Array
  /** What is summed, NaN where absent. */
  readonly sums: Float64Array | undefined
  readonly from: number
  readonly to: number
}

/** Counts and sums by code. */
export interface CodeCounts {
  /** How many codes were counted. */
  readonly size: number
  add(code: number, count: number, sum: number): void
  addRows(rows: Rows): void
  /** Calls `visit` once for each code that was counted, in no particular order. */
  each(visit: (code: number, count: number, sum: number) => void): void
}

/** Open addressing: many windows with few codes each stay small. */
export class SparseCodeCounts implements CodeCounts {
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

  addRows({ codes, sums, from, to }: Rows): void {
    for (let row = from; row < to; row++) {
      const code = codes[row]!
      if (code === 0) continue
      const sum = sums ? sums[row]! : 0
      this.add(code, 1, sum === sum ? sum : 0)
    }
  }

  each(visit: (code: number, count: number, sum: number) => void): void {
    for (let slot = 0; slot <= this.#mask; slot++)
      if (this.#counts[slot] !== 0) visit(this.#codes[slot]!, this.#counts[slot]!, this.#sums[slot]!)
  }

  /** Forgets all counts; its room stays for those to come. */
  clear(): void {
    this.size = 0
    this.#counts.fill(0)
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
export class DenseCodeCounts implements CodeCounts {
  /** Count and sum of each code, side by side: they are needed together. */
  #tallies = new Float64Array(2048)
  #size: number | undefined = 0

  get size(): number {
    if (this.#size === undefined) {
      this.#size = 0
      for (let at = 0; at < this.#tallies.length; at += 2) if (this.#tallies[at] !== 0) this.#size++
    }
    return this.#size
  }

  add(code: number, count: number, sum: number): void {
    this.#reach(code)
    this.#tallies[2 * code]! += count
    this.#tallies[2 * code + 1]! += sum
    this.#size = undefined
  }

  addRows({ codes, sums, from, to }: Rows): void {
    let highest = 0
    for (let row = from; row < to; row++) if (codes[row]! > highest) highest = codes[row]!
    this.#reach(highest)
    this.#size = undefined
    const tallies = this.#tallies
    for (let row = from; row < to; row++) {
      const at = 2 * codes[row]!
      if (at === 0) continue
      tallies[at]! += 1
      const sum = sums ? sums[row]! : 0
      if (sum === sum) tallies[at + 1]! += sum
    }
  }

  each(visit: (code: number, count: number, sum: number) => void): void {
    const tallies = this.#tallies
    for (let at = 0; at < tallies.length; at += 2)
      if (tallies[at] !== 0) visit(at / 2, tallies[at]!, tallies[at + 1]!)
  }

  /** Makes room for a code. */
  #reach(code: number): void {
    if (2 * code + 1 < this.#tallies.length) return
    const tallies = new Float64Array(Math.max(2 * code + 2, this.#tallies.length * 2))
    tallies.set(this.#tallies)
    this.#tallies = tallies
  }
}
