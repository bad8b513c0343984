/** JSON of the reference: a reader by the book, with patterns for what RFC 8259 calls tokens. */
import type { JsonStep } from '../../core/program.ts'
import { type State, Stop } from './reference-state.ts'

const BLANKS = /^[ \t\r\n]*/
const STRING = /^"((?:[ !#-[\]-\xff]|\\["\\/bfnrt]|\\u[0-9A-Fa-f]{4})*)"/
/** A scalar as far as it looks like one; a number whose fraction or exponent has no digits is none. */
const SCALAR = /^(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:[eE][+-]?[0-9]*)?|true|false|null)/
const BROKEN = /\.(?![0-9])|[eE][+-]?$/
const DEEPEST = 64

/** Gives a member's value to its step, or makes its fields absent. */
type Run = (member: number, text: string | undefined) => void

/** Reads the object at hand. @throws Stop */
export function readJson(step: JsonStep, index: number, state: State, run: Run): void {
  state.canonical = false
  step.members.forEach((_, member) => run(member, undefined))
  new Reader(step, index, state, run).read()
}

class Reader {
  readonly #step: JsonStep
  readonly #index: number
  readonly #state: State
  readonly #run: Run
  readonly #line: string

  constructor(step: JsonStep, index: number, state: State, run: Run) {
    this.#step = step
    this.#index = index
    this.#state = state
    this.#run = run
    this.#line = state.line
  }

  read(): void {
    const start = this.#blanks(this.#state.at)
    this.#expect(this.#line[start] === '{', start)
    this.#state.at = this.#blanks(this.#object(start, [], 1))
  }

  #expect(right: boolean, at: number): void {
    if (!right) throw new Stop('json', at, this.#index)
  }

  #blanks(at: number): number {
    return at + (BLANKS.exec(this.#line.slice(at))?.[0].length ?? 0)
  }

  #string(at: number): readonly string[] | null {
    return STRING.exec(this.#line.slice(at))
  }

  /** Gives a value to the member of its path: the bytes that it is read from, and where they begin. */
  #found(path: readonly string[] | undefined, text: string, at: number): void {
    const raw = path?.map(name => `"${name}"`)
    const member = this.#step.members.findIndex(
      one => String(one.path.map(name => JSON.stringify(name))) === String(raw)
    )
    if (member < 0) return
    this.#run(member, undefined)
    if (text === '' || text === '-') return
    const step = this.#index + 1 + member
    try {
      this.#run(member, text)
    } catch (error) {
      throw error instanceof Stop ? new Stop(error.reason, at, step) : error
    }
    this.#state.taken.push({ step, from: at, to: at + text.length })
  }

  /** Reads a value and gives what is behind it. Within arrays, whose values are no members, there is no path. */
  #value(at: number, path: readonly string[] | undefined, depth: number): number {
    const line = this.#line
    const string = this.#string(at)
    if (string) {
      const [all = '', text = ''] = string
      this.#found(path, text, at + 1)
      return at + all.length
    }
    if (line[at] === '{' || line[at] === '[') {
      this.#expect(depth < DEEPEST, at)
      const end = line[at] === '{' ? this.#object(at, path, depth + 1) : this.#array(at, depth + 1)
      const first = this.#blanks(at + 1)
      const element = line[at] === '[' ? this.#string(first)?.[1] : undefined
      if (element === undefined) this.#found(path, line.slice(at, end), at)
      else this.#found(path, element, first + 1)
      return end
    }
    const [scalar = ''] = SCALAR.exec(line.slice(at)) ?? []
    this.#expect(scalar !== '' && !(/[0-9]/.test(scalar) && BROKEN.test(scalar)), at)
    this.#found(path, scalar === 'null' ? '' : scalar, at)
    return at + scalar.length
  }

  #object(open: number, path: readonly string[] | undefined, depth: number): number {
    let at = this.#blanks(open + 1)
    if (this.#line[at] === '}') return at + 1
    for (;;) {
      const name = this.#string(at)
      this.#expect(name !== null, at)
      const [all = '', text = ''] = name ?? []
      at = this.#blanks(at + all.length)
      this.#expect(this.#line[at] === ':', at)
      const inner = path && [...path, Buffer.from(text, 'latin1').toString()]
      at = this.#blanks(this.#value(this.#blanks(at + 1), inner, depth))
      if (this.#line[at] === '}') return at + 1
      this.#expect(this.#line[at] === ',', at)
      at = this.#blanks(at + 1)
    }
  }

  #array(open: number, depth: number): number {
    let at = this.#blanks(open + 1)
    if (this.#line[at] === ']') return at + 1
    for (;;) {
      at = this.#blanks(this.#value(at, undefined, depth))
      if (this.#line[at] === ']') return at + 1
      this.#expect(this.#line[at] === ',', at)
      at = this.#blanks(at + 1)
    }
  }
}

/** A number whose first fifteen digits count, times `scale`, as a whole one; `undefined` where it is none. */
export function scientific(text: string, scale: number): number | undefined {
  const match = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?)([0-9]{1,3}))?$/.exec(text)
  if (!match) return undefined
  const [, sign = '', whole = '', fraction = '', minus = '', exponent = '0'] = match
  const digits = (whole + fraction).replace(/^0+/, '')
  const kept = digits.slice(0, 15)
  const shift =
    digits.length - kept.length - fraction.length + Number(minus === '-' ? `-${exponent}` : exponent)
  let power = 1
  for (let i = 0; i < Math.abs(shift); i++) power *= 10
  const scaled = Number(`${sign}${kept || '0'}`) * scale
  const value = Math.floor((shift < 0 ? scaled / power : scaled * power) + 0.5)
  return Number.isFinite(value) ? value + 0 : undefined
}
