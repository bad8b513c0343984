import type { Place } from '../found.ts'

/** A directive of nginx: its name, its words, and what stands in its braces. */
export interface NginxDirective {
  readonly place: Place
  readonly name: string
  readonly words: readonly string[]
  readonly block: readonly NginxDirective[] | undefined
}

/** Blocks within blocks. */
const DEEPEST = 100

interface Token {
  readonly text: string
  /** `{`, `}` or `;` themselves, not in quotes. */
  readonly sign: boolean
  readonly line: number
}

/** The directives of a file; `problem` where it is not whole, with what could be read before. */
export function parseNginx(
  file: string,
  text: string
): { directives: NginxDirective[]; problem: string | undefined } {
  const tokens = tokensOf(text)
  let at = 0
  let problem: string | undefined
  const block = (depth: number): NginxDirective[] => {
    const directives: NginxDirective[] = []
    if (depth > DEEPEST) {
      problem ??= 'blocks are nested too deep'
      at = tokens.length
    }
    while (at < tokens.length) {
      const first = tokens[at]
      if (first?.sign && first.text === '}') {
        at++
        if (depth > 0) return directives
        problem ??= `line ${first.line}: this brace closes none`
        continue
      }
      const directive = one(depth)
      if (directive) directives.push(directive)
    }
    if (depth > 0) problem ??= 'a brace is not closed'
    return directives
  }
  const one = (depth: number): NginxDirective | undefined => {
    const words: string[] = []
    const line = tokens[at]?.line ?? 0
    for (; at < tokens.length; at++) {
      const token = tokens[at]
      if (!token?.sign) {
        words.push(token?.text ?? '')
        continue
      }
      if (token.text !== '}') at++
      const [name = '', ...rest] = words
      const opened = token.text === '{' ? block(depth + 1) : undefined
      return name === '' ? undefined : { place: { file, line }, name, words: rest, block: opened }
    }
    problem ??= `line ${line}: a semicolon is missing`
    return undefined
  }
  return { directives: block(0), problem }
}

/** Words (quotes taken off), and the signs between them; comments left out. */
function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  const pattern =
    /#[^\n]*|([{};])|"((?:\\[^]|[^"\\])*)"?|'((?:\\[^]|[^'\\])*)'?|((?:\\[^]|\$\{[^}\s]*\}|[^\s{};"'\\])(?:\\[^]|\$\{[^}\s]*\}|[^\s{};\\])*)|\n/g
  let line = 1
  for (const [all, sign, double, single, plain] of text.matchAll(pattern)) {
    const quoted = double ?? single
    const word = sign ?? plain ?? quoted?.replaceAll(/\\(["'\\])/g, '$1')
    if (word !== undefined) tokens.push({ text: word, sign: sign !== undefined, line })
    line += all.split('\n').length - 1
  }
  return tokens
}
