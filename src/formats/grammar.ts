import { TextProblem } from '../core/caret.ts'

/** One directive as it stands in the string: `%>s`, `%{Referer}i`, `%-4{c}L`. */
export interface DirectiveItem {
  readonly type: 'directive'
  /** The letter that names it, or three characters beginning with `^`. */
  readonly letter: string
  readonly argument: string | undefined
  /** `<` or `>`: the request before or after internal redirects (access logs). */
  readonly redirect: '<' | '>' | undefined
  /** Printed as `-` when it has no value, or the whole line left out, so its field is never dropped (error logs). */
  readonly hyphen: boolean
  /** Printed for severe or for verbose messages only (error logs). */
  readonly conditional: boolean
  /** First character in the string, 0-based. */
  readonly at: number
}

/** Text that every line has as it is, escapes resolved. */
interface LiteralItem {
  readonly type: 'literal'
  readonly text: string
  readonly at: number
}

/** A piece of a directive string. */
export type Item = DirectiveItem | LiteralItem

/**
 * The items of a LogFormat string (mod_log_config.c, parse_log_string):
 * `%` modifiers letter, where modifiers are `!`, `<`, `>`, statuses with commas and `{argument}` in any order;
 * `%%`; literal text with the escapes `\"` `\\` `\t`, a backslash before anything else standing for itself.
 * @throws TextProblem
 */
export function parseLogFormat(text: string): Item[] {
  const items: Item[] = []
  let at = 0
  while (at < text.length) {
    const start = at
    if (text.startsWith('%%', at)) {
      items.push({ type: 'literal', text: '%', at })
      at += 2
    } else if (text[at] === '%') {
      const directive = parseDirective(text, at, '!<>,0123456789')
      items.push(directive.item)
      at = directive.end
    } else {
      let literal = ''
      for (; at < text.length && text[at] !== '%'; at++) {
        const next = text[at] === '\\' ? text[at + 1] : undefined
        const escaped = next === undefined ? undefined : escapedCharacter(next, at)
        if (escaped !== undefined) at++
        literal += escaped ?? text[at] ?? ''
      }
      items.push({ type: 'literal', text: literal, at: start })
    }
  }
  return items
}

/**
 * The items of an ErrorLogFormat string by field (server/log.c, parse_errorlog_string): a field begins at blanks,
 * which belong to it, or at `% `, which prints nothing, and is dropped whole when an item in it has no value.
 * A backslash takes the next character as it is, so `\ ` is a blank inside a field.
 * @throws TextProblem
 */
export function parseErrorLogFormat(text: string): Item[][] {
  const fields: Item[][] = [[]]
  let at = 0
  while (at < text.length) {
    if (text.startsWith('% ', at)) {
      fields.push([])
      at += 2
    }
    if (text.startsWith('%%', at)) {
      fields.at(-1)?.push({ type: 'literal', text: '%', at })
      at += 2
    } else if (text[at] === '%') {
      const directive = parseDirective(text, at, '+-0123456789')
      fields.at(-1)?.push(directive.item)
      at = directive.end
    } else if (at < text.length) {
      const literal = parseErrorLiteral(text, at)
      if (text[at] === ' ' && fields.at(-1)?.length) fields.push([])
      fields.at(-1)?.push(literal.item)
      at = literal.end
    }
  }
  return fields
}

/** Literal text up to the next `%` or the next blank that is not at its start. */
function parseErrorLiteral(text: string, start: number): { item: LiteralItem; end: number } {
  let at = start
  let literal = ''
  while (text[at] === ' ') literal += text[at++]
  for (; at < text.length && text[at] !== '%' && text[at] !== ' '; at++) {
    const next = text[at] === '\\' ? text[at + 1] : undefined
    if (next === undefined) literal += text[at]
    else {
      literal += escapedCharacter(next, at) ?? next
      at++
    }
  }
  return { item: { type: 'literal', text: literal, at: start }, end: at }
}

/** What a backslash and `next` stand for in both kinds of string; `undefined` where the kinds differ. */
function escapedCharacter(next: string, at: number): string | undefined {
  if (next === 'n' || next === 'r') throw new TextProblem('A line of a log cannot hold a line break.', at)
  if (next === 't') return '\t'
  return next === '"' || next === '\\' ? next : undefined
}

function parseDirective(
  text: string,
  start: number,
  modifiers: string
): { item: DirectiveItem; end: number } {
  let at = start + 1
  let argument: string | undefined
  let redirect: '<' | '>' | undefined
  for (; ; at++) {
    const character = text[at]
    if (character === undefined) throw new TextProblem('A directive has no letter.', start)
    if (character === '{') {
      const close = text.indexOf('}', at)
      if (close < 0) throw new TextProblem('A brace is not closed.', at)
      argument = text.slice(at + 1, close)
      at = close
    } else if (!modifiers.includes(character)) break
    else if (character === '<' || character === '>') redirect = character
  }
  const before = text.slice(start, at).replace(/\{.*\}/s, '')
  const letter = text[at] === '^' ? text.slice(at, at + 3) : String.fromCodePoint(text.codePointAt(at) ?? 0)
  const hyphen = /[-+]/.test(before)
  const conditional = /\d/.test(before)
  const item = { type: 'directive', letter, argument, redirect, hyphen, conditional, at: start } as const
  return { item, end: at + letter.length }
}
