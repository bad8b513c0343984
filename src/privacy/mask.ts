import { cookieValues, valuesIn } from './assignments.ts'
import { HINT, isCookies, SecretNames } from './names.ts'
import {
  BEGINNING,
  isRandom,
  MASK,
  OTHERS,
  schemesIn,
  shapesIn,
  SHORTEST_SHAPE,
  toldIn,
  usersIn,
  type SecretSpan
} from './shapes.ts'
import type { ScrubSettings } from './settings.ts'

const MOST_ROUNDS = 20

/** Masks secrets in texts, whose characters are bytes (`latin1`). What is masked already stays as it is. */
export class SecretMask {
  readonly #names: SecretNames
  readonly #patterns: readonly RegExp[]
  readonly #defaults: boolean
  /** There are no names but Visor's own. */
  readonly hinted: boolean

  constructor({ names, except, patterns = [], defaults = true }: Exclude<ScrubSettings, boolean>) {
    this.#names = new SecretNames(names, except, defaults)
    this.hinted = names === undefined
    this.#patterns = patterns.map(pattern => new RegExp(pattern, 'g'))
    this.#defaults = defaults
  }

  /** Whether nothing but `may` need be asked of a value: there are no patterns of the user's own. */
  get plain(): boolean {
    return this.#patterns.length === 0
  }

  /**
   * The text of a field, or a line, with its secrets masked; `undefined` where it has none. Nothing is left to be masked in what
   * comes out: a mask may end what nobody saw before. `name` is what lines themselves call the field.
   */
  masked(field: string, text: string, name?: string): string | undefined {
    let last = text
    for (let round = 0; ; round++) {
      // Whoever writes so that each mask ends another value is not to be followed for ever.
      if (round === MOST_ROUNDS) return MASK
      const out = this.#isHidden(field, last, name)
        ? MASK
        : replaced(last, Array.from(this.#spans(field, last, name)))
      if (out === last) return out === text ? undefined : out
      last = out
    }
  }

  *#spans(field: string, text: string, name: string | undefined): Generator<SecretSpan> {
    const isHinted = HINT.test(text)
    for (const pattern of this.#patterns) for (const match of text.matchAll(pattern)) yield spanOf(match)
    const holdsCookies = [field, name].some(one => one !== undefined && isCookies(one))
    if (this.#defaults) {
      if (holdsCookies) yield* cookieValues(text, 0, text.length)
      if (mayHoldShape(text)) yield* shapesIn(text)
      if (text.includes('@') || text.includes('40')) yield* usersIn(text)
      if (isHinted && PROSE.test(field) && SPACE.test(text)) yield* schemesIn(text)
      if (PROSE.test(field) && (isHinted || text.includes(' -u ')))
        yield* toldIn(text, name => this.#names.of(name) === 'strong')
      if (PATHS.has(field) || PROSE.test(field)) yield* this.#segments(text)
    }
    if (this.hinted && !isHinted) return
    if (
      text.includes('=') ||
      text.includes(':') ||
      text.includes('%3') ||
      text.includes('%253') ||
      text.includes('003')
    )
      yield* valuesIn(text, this.#names, URLS.has(field))
  }

  /** Whether all of a field is a secret by its name: a cookie, a header, a variable. */
  #isHidden(field: string, text: string, name: string | undefined): boolean {
    if (name === undefined && !field.includes('.')) return false
    const own = /^(?:header|cookie|note|env|reply|trailer|reply_trailer|ssl|var|json)\.(.*)$/s.exec(field)
    const [kind] = own ? field.split('.', 1) : []
    const label = own?.[1] ?? ''
    if (isCookies(name ?? label)) return false
    const last = label.split('.').at(-1) ?? label
    for (const one of [last, name ?? '']) {
      if (one === '') continue
      const secrecy = this.#names.of(one)
      if (secrecy === 'strong' || secrecy === 'weak') return !isPlainValue(one, text)
      if (secrecy === 'random' && isRandom(text)) return true
    }
    return kind === 'cookie' && this.#defaults && !this.#names.excepted(label)
  }

  /** What follows `/reset/`, `/token/` and the like in a path, where nobody has made it up. */
  *#segments(text: string): Generator<SecretSpan> {
    let at = text.indexOf('/')
    while (at >= 0) {
      const next = text.indexOf('/', at + 1)
      if (next < 0) return
      SEGMENT_END.lastIndex = next + 1
      const to = SEGMENT_END.exec(text)?.index ?? text.length
      const segment = text.slice(at + 1, next)
      if (segment.length < 40 && isRandom(text.slice(next + 1, to)) && this.#names.of(segment) !== 'none')
        yield { from: next + 1, to }
      at = next
    }
  }
}

/** What ends a part of a path, also in a text. */
const SEGMENT_END = /[/?;#&\s"'<>\\,)\]]|$/g

/** What every shape has, and what stands behind the name of a scheme. */
const LONG = new RegExp(String.raw`[\w-]{${SHORTEST_SHAPE},}`, 'g')
/** Whether a text may hold what looks like a secret by itself: of most, a look at their long words tells that they do not. */
function mayHoldShape(text: string): boolean {
  for (const word of text.match(LONG) ?? []) if (BEGINNING.test(word)) return true
  return OTHERS.some(one => text.includes(one))
}
const SPACE = / |\+|20/

/** Fields whose values are texts that people or programs wrote: all is looked at of them. */
export const PROSE = /^(?:line|message|details|request|os_error)$|\./

/** Fields that are addresses or parts of them, and those that hold a path. */
const URLS = new Set(['query', 'path', 'referrer', 'header.referer'])
const PATHS = new Set(['path', 'referrer', 'request', 'line', 'message'])

/** A code or a key that says what became of something. */
function isPlainValue(name: string, text: string): boolean {
  return /code$|key$/i.test(name) && (/^\d{1,3}$/.test(text) || /^[A-Z]+(?:_[A-Z]+)+$/.test(text))
}

/** The first group of a match, or all of it. */
function spanOf(match: RegExpExecArray): SecretSpan {
  const { 0: found, 1: inner, index } = match
  if (inner === undefined) return { from: index, to: index + found.length }
  const from = index + found.indexOf(inner)
  return { from, to: from + inner.length }
}

function replaced(text: string, spans: SecretSpan[]): string {
  spans.sort((a, b) => a.from - b.from)
  let out = ''
  let at = 0
  for (const { from, to, mask = MASK } of spans) {
    if (to <= at || to <= from) continue
    // Of two that overlap there is one mask.
    if (from >= at) out += text.slice(at, from) + mask
    at = to
  }
  return out + text.slice(at)
}
