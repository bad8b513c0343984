import type { Kind } from '../core/fields.ts'
import { DIRECTIVES, NAME, TIME, type Directive } from './directives.ts'
import type { DirectiveItem } from './grammar.ts'
import { TextProblem } from '../core/caret.ts'

/**
 * The table's entry for a directive of a string. Arguments are compared without regard to case, as header names
 * and units are, but for the `c` and `C` of the error log's `%L`, which mean the same field.
 * @throws TextProblem
 */
export function lookUp(kind: Kind, item: DirectiveItem): Directive {
  const sameLetter = DIRECTIVES.filter(entry => entry.kind === kind && entry.letter === item.letter)
  const argument = item.argument?.toLowerCase() ?? ''
  const redirected = item.redirect === '>' ? sameLetter.filter(entry => entry.redirect) : []
  const candidates = redirected.length > 0 ? redirected : sameLetter.filter(entry => !entry.redirect)
  const found =
    candidates.find(({ argument: wanted = '' }) => wanted.toLowerCase() === argument && wanted !== NAME) ??
    candidates.find(entry => entry.argument === TIME || (entry.argument === NAME && argument !== ''))
  if (found) return found
  const known = sameLetter.map(notation).join(', ')
  const problem = known === '' ? `%${item.letter} is no directive` : `Known are ${known}`
  throw new TextProblem(`${problem} of a${kind === 'error' ? 'n ErrorLogFormat' : ' LogFormat'}.`, item.at)
}

/** A directive as one writes it: `%{c}a`, `%>s`, `%{VARNAME}i`. */
export function notation({ letter, argument, redirect }: Directive): string {
  return `%${redirect ?? ''}${argument === undefined ? '' : `{${argument}}`}${letter}`
}

/** A field's name with the argument of an open-ended directive: `header.x-request-id`, `ssl.protocol`. */
export function fieldName(entry: Directive, field: string, argument = ''): string {
  if (entry.argument !== NAME) return field
  const name = argument.toLowerCase().replaceAll(/[^a-z0-9_.-]/g, '_')
  return field + (field === 'ssl.' ? name.replace(/^ssl_/, '') : name)
}
