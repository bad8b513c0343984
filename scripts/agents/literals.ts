import { START } from '../../src/derived/agent/rules.ts'

/** What a text needs to match a regular expression. */
export interface Needs {
  /** In lower case; at least one of them stands in each text that matches. Empty: nothing is known. */
  readonly literals: readonly string[]
  /** A literal is all that is needed: where one stands, in letters of either case, the expression matches. */
  readonly enough: boolean
}

/** More texts than these are not listed. */
const MAX_TEXTS = 64
/** Larger sets of characters are as good as any character. */
const MAX_CHARACTERS = 10

/** A part of an expression: all texts that it matches where they can be listed, else what each of them contains. */
interface Part {
  readonly exact?: readonly string[]
  readonly contains?: readonly string[] | undefined
  /** It matches wherever its texts stand: no assertion is in it. */
  readonly plain: boolean
}

const NOTHING: Part = { exact: [''], plain: true }
const ANYTHING: Part = { plain: true }
const ASSERTION: Part = { exact: [''], plain: false }

/**
 * What a regular expression needs. It knows the part of JavaScript's syntax that lists of agents use.
 * @throws SyntaxError at anything else
 */
export function needsOf({ source, flags }: RegExp): Needs {
  const reader = new Reader(source)
  const part = reader.alternatives()
  if (!reader.done) throw new SyntaxError(`${source} is not understood`)
  const texts = part.exact ?? part.contains ?? []
  const literals = texts.includes('') ? [] : withoutLonger(texts)
  const anyCase = flags.includes('i') || source.toLowerCase() === source.toUpperCase()
  return { literals, enough: part.exact !== undefined && literals.length > 0 && part.plain && anyCase }
}

class Reader {
  #at = 0
  readonly #source: string

  constructor(source: string) {
    this.#source = source
  }

  get done(): boolean {
    return this.#at === this.#source.length
  }

  alternatives(): Part {
    const parts = [this.#sequence()]
    while (this.#take('|')) parts.push(this.#sequence())
    return either(parts)
  }

  /** Neighbours that can be listed are listed together; the most telling list of all is what the whole contains. */
  #sequence(): Part {
    let run = NOTHING
    let best: readonly string[] | undefined
    let whole = true
    let plain = true
    while (!this.done && !'|)'.includes(this.#source[this.#at] ?? '')) {
      const part = this.#repeated()
      plain &&= part.plain
      const joined = run.exact && part.exact && joinedTexts(run.exact, part.exact)
      if (joined) run = { exact: joined, plain }
      else {
        best = rarer(rarer(best, run.exact), part.exact ?? part.contains)
        run = part.exact ? part : NOTHING
        whole = false
      }
    }
    return whole && run.exact ? { exact: run.exact, plain } : { contains: rarer(best, run.exact), plain }
  }

  #repeated(): Part {
    const part = this.#atom()
    const [text, from, to] = /^(?:[*+?]|\{(\d+)(?:,(\d*))?\})/.exec(this.#source.slice(this.#at)) ?? ['']
    if (text === '') return part
    this.#at += text.length
    this.#take('?')
    const min = text === '+' ? 1 : Number(from ?? 0)
    const max = text === '?' ? 1 : from !== undefined && to === undefined ? min : Infinity
    if (min === 0 && max === 1) return either([part, NOTHING])
    if (min === 1 && max === 1) return part
    return { contains: min > 0 ? (part.exact ?? part.contains) : undefined, plain: part.plain }
  }

  #atom(): Part {
    const character = this.#source[this.#at++] ?? ''
    if (character === '^') return { exact: [START], plain: true }
    if (character === '$') return ASSERTION
    if (character === '.') return ANYTHING
    if (character === '[') return this.#set()
    if (character === '\\') return escaped(this.#source[this.#at++] ?? '')
    if (character !== '(') return { exact: [character.toLowerCase()], plain: true }
    const [mark = ''] = /^\?(?:[:=!]|<[=!])/.exec(this.#source.slice(this.#at)) ?? []
    this.#at += mark.length
    const inner = this.alternatives()
    if (!this.#take(')')) throw new SyntaxError(`${this.#source} has no )`)
    return mark === '' || mark === '?:' ? inner : ASSERTION
  }

  #set(): Part {
    const inside = /^(?:\\.|[^\]\\])*/.exec(this.#source.slice(this.#at))?.[0] ?? ''
    this.#at += inside.length + 1
    if (inside.startsWith('^')) return ANYTHING
    const characters: string[] = []
    for (const [text] of inside.matchAll(/\\.|[^\\]-[^\\]|[^\\]/g)) {
      if (text.length === 3) return ANYTHING
      const { exact, plain } =
        text.length === 2 ? escaped(text[1] ?? '') : { exact: [text.toLowerCase()], plain: true }
      if (!exact || !plain) return ANYTHING
      characters.push(...exact)
    }
    return characters.length > MAX_CHARACTERS ? ANYTHING : { exact: [...new Set(characters)], plain: true }
  }

  #take(character: string): boolean {
    const there = this.#source[this.#at] === character
    if (there) this.#at++
    return there
  }
}

/** What a backslash and a character stand for. */
function escaped(character: string): Part {
  if (/[bB]/.test(character)) return ASSERTION
  if (/[wWsSD]/.test(character)) return ANYTHING
  if (character === 'd') return { exact: Array.from('0123456789'), plain: true }
  if (/[A-Za-z0-9]/.test(character)) throw new SyntaxError(`\\${character} is not understood`)
  return { exact: [character], plain: true }
}

function either(parts: readonly Part[]): Part {
  const [only] = parts
  if (parts.length === 1 && only) return only
  const plain = parts.every(part => part.plain)
  const exact = parts.every(part => part.exact) ? parts.flatMap(part => part.exact ?? []) : undefined
  if (exact && exact.length <= MAX_TEXTS) return { exact: [...new Set(exact)], plain }
  const known = parts.map(part => part.exact ?? part.contains)
  const all = known.every(texts => texts?.every(text => text !== ''))
  return { contains: all ? known.flatMap(texts => texts ?? []) : undefined, plain }
}

function joinedTexts(left: readonly string[], right: readonly string[]): readonly string[] | undefined {
  if (left.length * right.length > MAX_TEXTS) return undefined
  return [...new Set(left.flatMap(one => right.map(other => one + other)))]
}

/** The list whose shortest text is longer, and of equal ones the shorter list: it occurs less often. */
function rarer(
  one: readonly string[] | undefined,
  other: readonly string[] | undefined
): readonly string[] | undefined {
  const worth = (texts: readonly string[] = []): number =>
    texts.length > 0 ? Math.min(...texts.map(text => text.length)) - texts.length / 1000 : 0
  const [a, b] = [worth(one), worth(other)]
  return a <= 0 && b <= 0 ? undefined : a >= b ? one : other
}

/** Without those in which another one stands. */
function withoutLonger(texts: readonly string[]): readonly string[] {
  return texts.filter(text => !texts.some(other => other !== text && text.includes(other)))
}
