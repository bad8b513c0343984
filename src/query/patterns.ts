import { networkRegex } from './network.ts'
import type { TextTest } from './query.ts'

/** Characters that mean something in regular expressions. */
const SPECIAL = /[\\^$.*+?()[\]{}|/]/

/** A pattern taken apart: fixed texts, and `*` (any text, also none) and `?` (one character) as they are. */
export function patternPieces(pattern: string): { readonly wild: boolean; readonly text: string }[] {
  return Array.from(pattern.matchAll(/\\([^])|([*?])|([^\\*?]+)|\\/gu), ([all, escaped, wild, plain]) =>
    wild === undefined ? { wild: false, text: escaped ?? plain ?? all } : { wild: true, text: wild }
  )
}

/** A pattern that stands for just this text. */
export function literalPattern(text: string): string {
  return text.replaceAll(/[\\*?]/g, '\\$&')
}

/** Whether a pattern has wildcards. */
export function isWild(pattern: string): boolean {
  return patternPieces(pattern).some(({ wild }) => wild)
}

/** The text that a pattern without wildcards stands for. */
export function plainText(pattern: string): string {
  return patternPieces(pattern)
    .map(({ text }) => text)
    .join('')
}

/**
 * The regular expression of a text test, to be looked for anywhere in the text, where `.` is any character. Only `A` to `Z`
 * have another case, so that all engines agree.
 */
export function sourceOf({ how, pattern, anyCase }: TextTest): string {
  if (how === 'network') return networkRegex(pattern)
  if (how === 'regex') return anyCase ? foldCase(pattern) : pattern
  const source = patternPieces(pattern)
    .map(({ wild, text }) => (wild ? (text === '*' ? '.*' : '.') : literal(text, anyCase)))
    .join('')
  return how === 'words' ? source : `^${source}$`
}

function literal(text: string, anyCase: boolean): string {
  return Array.from(text, character => {
    if (anyCase && /[a-z]/i.test(character)) return bothCases(character)
    return SPECIAL.test(character) ? `\\${character}` : character
  }).join('')
}

function bothCases(letter: string): string {
  return `[${letter.toLowerCase()}${letter.toUpperCase()}]`
}

/** A test of texts. */
export function textMatcher(test: TextTest): (text: string) => boolean {
  if (test.how === 'pattern' && !test.anyCase && !isWild(test.pattern)) {
    const wanted = plainText(test.pattern)
    return text => text === wanted
  }
  const regex = new RegExp(sourceOf(test), 'su')
  return text => regex.test(text)
}

/** One piece of a regular expression outside of a class, or a whole class. */
const PIECE = /\[(\^?)((?:\\[^]|[^\]\\])*)\]|\\[^]|\(\?:|[^]/gu

/** What a backslash may stand before: classes and edges, tab and line ends, and any sign. */
const ESCAPES = /^\\[dDwWbBtnrf\\^$.*+?()[\]{}|/-]$/

/**
 * What of a regular expression JavaScript, RE2 and Java do not read alike, and where; `undefined` when there is nothing of
 * that kind: no look-around, no references, no named groups, no `\s` (blanks differ), no Unicode classes.
 */
export function regexProblem(source: string): { readonly message: string; readonly at: number } | undefined {
  for (const { 0: piece, index } of source.matchAll(PIECE)) {
    if (piece.startsWith('(') && source.startsWith('(?', index) && piece !== '(?:') {
      return { message: 'Of groups with `(?`, only `(?:` is known here.', at: index }
    }
    for (const { 0: escape, index: within } of piece.matchAll(/\\[^]/gu)) {
      if (ESCAPES.test(escape) && !(piece.startsWith('[') && /[bB]/.test(escape))) continue
      return { message: `\`${escape}\` is not known here.`, at: index + within }
    }
    const [, inside = ''] = /^\[\^?([^]*)\]$/.exec(piece) ?? []
    if (piece === '[]' || piece === '[^]') return { message: 'This class is empty.', at: index }
    if (/(^|[^\\])\[|&&/.test(inside)) {
      return { message: 'Within a class, write `\\[` for a bracket and one `&` only.', at: index }
    }
  }
  try {
    new RegExp(source, 'su').test('')
    return undefined
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^.*\/[a-z]*: /s, '') : ''
    return { message: `This is no regular expression: ${reason}.`, at: 0 }
  }
}

/** A regular expression whose letters `a` to `z` stand for both cases. */
function foldCase(source: string): string {
  return source.replaceAll(PIECE, (piece: string, not: string | undefined, inside: string | undefined) => {
    if (inside !== undefined) return `[${not ?? ''}${inside}${otherCases(inside)}]`
    return /^[a-z]$/i.test(piece) ? bothCases(piece) : piece
  })
}

/** What a class lacks: its letters, and its ranges as far as they are of letters, in the other case. */
function otherCases(inside: string): string {
  const ranges = inside.matchAll(/\\[^]|([^])-([^])|([^])/gu)
  return Array.from(ranges, ([, from, to, single]) => {
    if (single !== undefined) return /[a-z]/i.test(single) ? swap(single) : ''
    if (from === undefined || to === undefined) return ''
    return [
      ['a', 'z'],
      ['A', 'Z']
    ]
      .map(([first = '', last = '']) => [from > first ? from : first, to < last ? to : last])
      .filter(([first = '', last = '']) => first <= last)
      .map(([first = '', last = '']) => `${swap(first)}-${swap(last)}`)
      .join('')
  }).join('')
}

function swap(letter: string): string {
  return letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()
}
