import { isCookies, type SecretNames, type Secrecy } from './names.ts'
import { isRandom, MASK, type SecretSpan } from './shapes.ts'

/** Bytes that names are of, escapes and brackets included. */
const NAME = new Uint8Array(256)
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.$~-[]%')
  NAME[char.charCodeAt(0)] = 1

const LONGEST_NAME = 200

/** So much of a value tells whether it is a secret. */
const ENOUGH = 512

/** How often what is encoded may be encoded again. */
const DEEPEST = 9

/** What stands between a name and its value; with percent-encoding as often as it is encoded. */
const SEPARATOR = /=>?|:(?!\\?\/\\?\/)|%(?:25)*(?:3[ad])|\\u003d|\\x3d/gi

/** A name before a separator, with what may stand between. */
interface Named {
  readonly secrecy: Secrecy
  readonly name: string
  /** What stands behind it where it is in quotes, as names of JSON are. */
  readonly quote: string
  /** What the name stands behind. */
  readonly before: string
}

/** The values of secret-looking names. `url`: the text is an address or a part of one, so that blanks and quotes end no value. */
export function* valuesIn(text: string, names: SecretNames, url: boolean): Generator<SecretSpan> {
  let done = 0
  try {
    for (const { 0: separator, index } of text.matchAll(SEPARATOR)) {
      if (index < done) continue
      const named = nameBefore(text, index, names)
      if (named.secrecy === 'none') continue
      done = Math.max(done, yield* valuesOf(text, index + separator.length, separator, named, url))
    }
  } finally {
    FOUND.clear()
  }
}

function nameBefore(text: string, at: number, names: SecretNames): Named {
  let end = at
  while (end > 0 && text[end - 1] === ' ' && at - end < 3) end--
  let bare = end
  while (bare > 0 && /["'`\\]/.test(text[bare - 1] ?? '')) bare--
  let start = bare
  const least = Math.max(0, bare - LONGEST_NAME)
  while (start > least && NAME[text.charCodeAt(start - 1)] === 1) start--
  // An escape of one character before the name is no part of it.
  if (text[start - 1] === '\\')
    start += /^(?:u[\da-f]{4}|x[\da-f]{2}|[nrtbfv])/i.exec(text.slice(start, start + 5))?.[0].length ?? 0
  const name = text.slice(start, bare)
  const secrecy = start < bare ? names.of(name) : 'none'
  return { secrecy, name, quote: text.slice(bare, end), before: text[start - 1] ?? '' }
}

function* valuesOf(
  text: string,
  at: number,
  separator: string,
  named: Named,
  url: boolean
): Generator<SecretSpan, number> {
  const encoded = /^%((?:25)*)3/.exec(separator)
  if (encoded) {
    const depth = Math.min((encoded[1]?.length ?? 0) / 2, DEEPEST)
    return yield* judged(text, encodedValue(text, at, depth), separator, named)
  }
  const colon = separator === ':'
  const from = colon || !url ? skip(text, at, /[ \t]{0,3}/y) : at
  if (isCookies(named.name)) return yield* cookiesIn(text, from)
  if (/authori[sz]ation$/i.test(named.name) && named.quote === '') return yield* headerIn(text, from)
  if (text[from] === '[' && named.quote !== '') return yield* listIn(text, from)
  if (named.quote !== '' && BARE.test(text.slice(from, from + 20)))
    return yield* bareIn(text, from, separator, named)
  return yield* judged(text, plainValue(text, from, named.before, url && !colon), separator, named)
}

/** The beginning of a number of JSON. */
const BARE = /^-?\d/

/** A number of JSON, for which a text stands from now on. */
function* bareIn(text: string, at: number, separator: string, named: Named): Generator<SecretSpan, number> {
  const span = { from: at, to: skip(text, at, /[-+.\w]*/y) }
  for (const found of judged(text, span, separator, named))
    yield { ...found, mask: `${named.quote}${MASK}${named.quote}` }
  return span.to
}

/** A value that is to be masked, by how secret its name is. Where it is not, what stands in it is looked at. */
function* judged(
  text: string,
  { from, to }: SecretSpan,
  separator: string,
  named: Named
): Generator<SecretSpan, number> {
  const value = text.slice(from, Math.min(to, from + ENOUGH))
  if (value === '' || !isSecret(value, named, /[:]|3a$/i.test(separator))) return from
  yield { from, to }
  return to
}

function isSecret(value: string, { secrecy, name, quote }: Named, colon: boolean): boolean {
  if (secrecy === 'random') return isRandom(value)
  if (/code$|key$/i.test(name) && (/^\d{1,3}$/.test(value) || /^[A-Z]+(?:_[A-Z]+)+$/.test(value)))
    return secrecy === 'strong'
  if (!colon || quote !== '') return secrecy === 'strong' || !/^(?:null|true|false)$/.test(value)
  if (secrecy === 'weak' || /^(?:yes|no|true|false|null|none|nil|undefined)\b/i.test(value)) return false
  // In prose: `unexpected token: string`.
  return /pass|pwd/i.test(name) || /\d/.test(value) || value.length >= 12 || /[a-z][A-Z]/.test(value)
}

/** Up to an `&`, or what stands for one at the same depth of encoding or a lower one; in quotes up to their end. */
function encodedValue(text: string, at: number, depth: number): SecretSpan {
  const { blanks, quote, quotedEnd, end } = (ENCODED[depth] ??= encodedPatterns(depth))
  const from = skip(text, at, blanks)
  const inner = skip(text, from, quote)
  return { from: inner, to: search(text, inner, inner > from ? quotedEnd : end) }
}

/** Those of each depth, as soon as it is met. */
const ENCODED: ReturnType<typeof encodedPatterns>[] = []

function encodedPatterns(depth: number): Readonly<Record<'blanks' | 'quote' | 'quotedEnd' | 'end', RegExp>> {
  const level = `%(?:25){0,${depth}}`
  return {
    blanks: new RegExp(`(?:${level}20|\\+)*`, 'yi'),
    quote: new RegExp(`${level}2[27]`, 'yi'),
    quotedEnd: new RegExp(`${level}2[27]|[&\\s"]`, 'gi'),
    end: new RegExp(`${level}(?:26|23|2c|7d|0[ad])|[&\\s"'<>]`, 'gi')
  }
}

/** What ends a value in an address; behind a `;` also what ends a part of a path. */
const URL_END = /&|\\u0026|\\x26|;(?=[\w%.[\]-]+=)/gi
const MATRIX_END = /[&;/?#]|\\u0026|\\x26/gi
/** What ends a value in a text: a blank, a quote, what begins another one. */
const TEXT_END =
  /[&\s"<>`]|\\u0026|\\x26|\\[nrt"']|\\x0[ad]|\\u00(?:22|3c|3e)|'(?![\w])|[;,](?=\s|$|[\w%.[\]-]+=)|(?<![)\]}])[)\]}]+(?=[\s,;.]|$)/gi

function plainValue(text: string, at: number, before: string, url: boolean): SecretSpan {
  const quotes = /\\*["'`]/y
  quotes.lastIndex = at
  const quote = quotes.exec(text)?.[0]
  if (quote !== undefined && !url) {
    const from = at + quote.length
    return { from, to: closing(text, from, quote) }
  }
  const end = before === ';' ? MATRIX_END : url ? URL_END : TEXT_END
  return { from: at, to: search(text, at, end) }
}

/** Where a quoted text ends: at the quote behind as many backslashes as the first one has, more of them are the text's. */
function closing(text: string, from: number, quote: string): number {
  const [depth, mark] = [quote.length - 1, quote.at(-1) ?? '"']
  for (let at = text.indexOf(mark, from); at >= 0; at = text.indexOf(mark, at + 1)) {
    let slashes = 0
    while (at - slashes > from && text[at - slashes - 1] === '\\') slashes++
    if (slashes % (2 * (depth + 1)) === depth) return at - slashes + (slashes - depth)
  }
  return text.length
}

/** The texts of a list of JSON. */
function* listIn(text: string, at: number): Generator<SecretSpan, number> {
  for (let from = at + 1; ;) {
    from = skip(text, from, /[\s,]*/y)
    const quote = /^\\*"/.exec(text.slice(from, from + 8))?.[0]
    if (quote === undefined) return from
    const to = closing(text, from + quote.length, quote)
    if (to > from + quote.length) yield { from: from + quote.length, to }
    from = to + quote.length
  }
}

/** What ends the cookies of a header that stand in quotes or a list, and others. */
const QUOTED_COOKIES_END = /["']|\\["']/g
const COOKIES_END = /["'\r\n]|\\[nr"']|, (?=[\w-]+: )/g

/** The values of all cookies of a header, `a=1; b=2`, in quotes or a list of JSON perhaps. */
function* cookiesIn(text: string, at: number): Generator<SecretSpan, number> {
  const from = skip(text, at, /\[?\s*\\*["']?/y)
  const to = search(text, from, from > at ? QUOTED_COOKIES_END : COOKIES_END)
  yield* cookieValues(text, from, to)
  return to
}

/** The values of cookies, and of nothing that says what a cookie is for. */
export function* cookieValues(text: string, from: number, to: number): Generator<SecretSpan> {
  const header = text.slice(from, to)
  let found = false
  for (const { 0: pair, 1: name = '', 2: value = '', index } of header.matchAll(
    /(?<![^=;,\s])([^=;,\s]+)=("?[^;]*)/g
  )) {
    found = true
    if (value === '' || /^(?:path|domain|expires|max-age|samesite|priority|version)$/i.test(name)) continue
    const end = from + index + pair.length
    yield { from: end - value.length, to: end }
  }
  if (!found && header.trim() !== '') yield { from, to }
}

const HEADER_END = /["'\r\n]|\\[nr"']|,\s|\s(?=[\w-]+:)/g

/** What follows the name of a scheme, or all. */
function* headerIn(text: string, at: number): Generator<SecretSpan, number> {
  const from = skip(text, at, /["']?(?:[A-Za-z][\w-]*\s+)?/y)
  const to = search(text, from, HEADER_END)
  if (to > from) yield { from, to }
  return to
}

function skip(text: string, at: number, pattern: RegExp): number {
  pattern.lastIndex = at
  return at + (pattern.exec(text)?.[0].length ?? 0)
}

/** Where a pattern was found last, and from where on it was looked for: a text may have thousands of names and no end of a value. */
const FOUND = new Map<RegExp, { readonly text: string } & SecretSpan>()

/** Where a pattern is found next, or the end. */
function search(text: string, at: number, pattern: RegExp): number {
  const before = FOUND.get(pattern)
  if (before?.text === text && before.from <= at && at <= before.to) return before.to
  pattern.lastIndex = at
  const to = pattern.exec(text)?.index ?? text.length
  FOUND.set(pattern, { text, from: at, to })
  return to
}
