import type { Column } from '../../core/batch.ts'

type TextColumn = Extract<Column, { type: 'text' }>

/** Codes for what is derived of a text: `derive` runs once for each distinct value, not once a line. */
export class Derivation {
  readonly #derive: (text: string) => string | undefined
  /** Derived code by the dictionary's code; 0 is not looked at yet, -1 derives to nothing. */
  #known = new Int32Array(1024)
  #texts: string[] = ['']
  #byText = new Map<string, number>()
  #codes = new Uint32Array(0)
  #generation = -1

  constructor(derive: (text: string) => string | undefined) {
    this.#derive = derive
  }

  /** The derived codes of the rows `from` to `to` of a column, 0 where nothing is derived; overwritten by the next call. */
  codes({ codes, dictionary }: TextColumn, from: number, to: number): Uint32Array {
    if (this.#generation !== dictionary.generation) this.#clear(dictionary.generation)
    if (this.#codes.length < to) this.#codes = new Uint32Array(Math.max(to, codes.length))
    if (this.#known.length < dictionary.size) {
      const known = new Int32Array(dictionary.size * 2)
      known.set(this.#known)
      this.#known = known
    }
    for (let i = from; i < to; i++) {
      const code = codes[i]!
      const known = code === 0 ? -1 : this.#known[code] || this.#look(code, dictionary.text(code))
      this.#codes[i] = known < 0 ? 0 : known
    }
    return this.#codes
  }

  text(code: number): string {
    return this.#texts[code] ?? ''
  }

  /** The dictionary has rotated: the codes known so far mean nothing any more. */
  #clear(generation: number): void {
    this.#generation = generation
    this.#known.fill(0)
    this.#texts = ['']
    this.#byText.clear()
  }

  #look(code: number, text: string): number {
    const derived = this.#derive(text)
    let known = -1
    if (derived !== undefined) {
      known = this.#byText.get(derived) ?? this.#texts.push(derived) - 1
      this.#byText.set(derived, known)
    }
    this.#known[code] = known
    return known
  }
}
