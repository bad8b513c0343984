import type { Dictionary } from '../core/batch.ts'
import { decodeText } from '../core/escape.ts'
import type { Escapes } from '../core/program.ts'
import { hashPlain, hashText } from '../core/sketch.ts'
import type { Kernel } from './module.ts'
import { Masks, type Scrub } from './scrub.ts'

const BACKSLASH = 0x5c

/** Bytes before a value in the kernel's memory, which values also begin at a multiple of; its length is in the last of them. */
const HEAD = 8
const HEAD_LENGTH = 4

/** What a dictionary may hold before it calls itself full. */
export interface DictionaryLimits {
  readonly entries: number
  readonly bytes: number
}

/** A dictionary in the kernel's memory. Its texts are decoded when asked for, and kept. */
export class KernelDictionary implements Dictionary {
  readonly field: string
  generation = 0
  readonly #kernel: Kernel
  readonly #address: number
  readonly #limits: DictionaryLimits
  readonly #escapes: Escapes
  /** What lines themselves call the field, where they do. */
  readonly #name: string | undefined
  #texts: string[] = []
  /** The kernel's memory; empty when it has grown, and is another buffer. */
  #memory = Buffer.alloc(0)
  /** Of masked values; empty without a scrub. */
  #masks = new Masks()

  constructor(
    field: string,
    kernel: Kernel,
    address: number,
    limits: DictionaryLimits,
    escapes: Escapes = 'apache',
    name?: string
  ) {
    this.field = field
    this.#kernel = kernel
    this.#address = address
    this.#limits = limits
    this.#escapes = escapes
    this.#name = name
  }

  get size(): number {
    return this.#kernel.dictionarySize(this.#address)
  }

  /** It should be rotated before the next scan: nothing else ends its growth. */
  get full(): boolean {
    return (
      this.size > this.#limits.entries || this.#kernel.dictionaryBytes(this.#address) >= this.#limits.bytes
    )
  }

  bytes(code: number): Uint8Array {
    if (!this.#has(code)) return new Uint8Array(0)
    const mask = this.#masks.get(code)
    if (mask) return mask.bytes
    return new Uint8Array(this.#kernel.memory.buffer, this.#start(code), this.#length(code))
  }

  text(code: number): string {
    const known = this.#texts[code]
    if (known !== undefined) return known
    if (!this.#has(code)) return ''
    return (this.#texts[code] = this.#decode(code))
  }

  hash(code: number): number {
    if (!this.#has(code) || this.#masks.has(code)) return hashText(this.text(code))
    const start = this.#start(code)
    const plain = hashPlain(this.#bytes(), start, start + this.#length(code))
    return plain ?? hashText(decodeText(this.bytes(code), this.#escapes))
  }

  /** Shows a scrub the values that are new, and gives all that are masked. */
  scrub(scrub: Scrub): Masks {
    const [masks, { size }] = [this.#masks, this]
    if (masks.unseen >= size) return masks
    const memory = this.#bytes()
    const look = scrub.look?.(this.field)
    // Values lie one behind the other in the order of their codes, each behind its head (kernel/dictionary.ts).
    for (let at = this.#start(masks.unseen); masks.unseen < size; masks.unseen++) {
      const end = at + memory.readUInt32LE(at - HEAD_LENGTH)
      if (!look || look(memory, at, end)) {
        const value = memory.subarray(at, end)
        const masked = scrub(this.field, value, this.#name)
        if (masked) masks.add(masks.unseen, Uint8Array.from(value), masked)
      }
      at = HEAD + Math.ceil(end / HEAD) * HEAD
    }
    return masks
  }

  /** Most texts are plain ASCII, of which a string is made without a view and a decoder. */
  #decode(code: number): string {
    if (this.#masks.has(code)) return decodeText(this.bytes(code), this.#escapes)
    const [bytes, start] = [this.#bytes(), this.#start(code)]
    const end = start + this.#length(code)
    for (let i = start; i < end; i++)
      if (bytes[i]! >= 0x80 || bytes[i] === BACKSLASH) return decodeText(this.bytes(code), this.#escapes)
    return bytes.toString('latin1', start, end)
  }

  #bytes(): Buffer<ArrayBuffer> {
    if (this.#memory.length === 0) this.#memory = Buffer.from(this.#kernel.memory.buffer)
    return this.#memory
  }

  #start(code: number): number {
    return this.#kernel.valueStart(this.#address, code)
  }

  #length(code: number): number {
    return this.#kernel.valueLength(this.#address, code)
  }

  /**
   * Forgets all values but those of the codes in `keep`. Gives the new code of each old one, 0 for the forgotten.
   */
  rotate(keep: Iterable<number>): Uint32Array {
    const before = new Uint32Array(this.size)
    const kept = Uint32Array.from(keep).filter(code => this.#has(code))
    const list = this.#kernel.allocateBlock(kept.byteLength)
    new Uint32Array(this.#kernel.memory.buffer, list, kept.length).set(kept)
    this.#kernel.rotate(this.#address, list, kept.length)
    const codes = new Uint32Array(this.#kernel.memory.buffer, list, kept.length)
    const texts: string[] = []
    kept.forEach((old, i) => {
      const code = codes[i] ?? 0
      const text = this.#texts[old]
      before[old] = code
      if (text !== undefined) texts[code] = text
    })
    this.#kernel.releaseBlock(list, kept.byteLength)
    this.#texts = texts
    this.#masks = this.#masks.moved(before, this.size)
    this.generation++
    return before
  }

  #has(code: number): boolean {
    return code > 0 && code < this.size
  }
}
