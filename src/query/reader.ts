import { TextProblem } from '../core/caret.ts'

/** So deep may parentheses and negations be nested: what evaluates a query goes down as deep, and its stack has an end. */
const MAX_DEPTH = 100

/** A place in the text of a query, and what is read from there on. */
export class Reader {
  readonly text: string
  /** Names that may be asked for besides fields. */
  readonly names: readonly string[]
  at = 0
  #depth = 0

  constructor(text: string, names: readonly string[] = []) {
    this.text = text
    this.names = names
  }

  get done(): boolean {
    return this.at >= this.text.length
  }

  /** Goes behind what a sticky pattern matches here, and gives it. */
  take(pattern: RegExp): RegExpExecArray | undefined {
    const sticky = new RegExp(pattern.source, `${pattern.flags.replace('y', '')}y`)
    sticky.lastIndex = this.at
    const match = sticky.exec(this.text)
    if (!match) return undefined
    this.at += match[0].length
    return match
  }

  blanks(): void {
    this.take(/\s*/)
  }

  /** Reads what is nested and begins at `start`. @throws TextProblem where that is too deep */
  nested<T>(start: number, read: () => T): T {
    if (this.#depth === MAX_DEPTH)
      this.fail(`A query may be nested ${MAX_DEPTH} deep, and this would be one more.`, start)
    this.#depth++
    const result = read()
    this.#depth--
    return result
  }

  /** @throws TextProblem at this place, or at another */
  fail(message: string, at = this.at): never {
    throw new TextProblem(message, at)
  }
}
