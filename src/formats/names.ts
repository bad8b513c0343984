import type { Directive } from './directives.ts'
import type { DirectiveItem } from './grammar.ts'
import { fieldName } from './lookup.ts'

/** A directive of a string with its entry of the table. */
export interface Found {
  readonly item: DirectiveItem
  readonly entry: Directive
  /** `%U` with `%q` right behind it: the two are read as one. */
  readonly target?: true
}

/** The names that `%r` and `%U%q` fill, which are fixed in the scanner. */
const REQUEST = ['method', 'path', 'query', 'protocol', 'request']
const TARGET = ['path', 'query']

/**
 * The names of the fields that each directive fills. Each name is given once in a string: to the directive of the
 * highest rank, among equals to the first; the others get it with a number, in order. A second `%r` or `%U%q` is
 * one text.
 */
export function nameFields(directives: readonly Found[]): Map<DirectiveItem, readonly string[]> {
  const taken = new Set(['time', 'time_end'])
  const names = new Map<DirectiveItem, readonly string[]>()
  for (const found of directives.toSorted((a, b) => rankOf(b) - rankOf(a))) {
    const wanted = wantedNames(found)
    if (wanted.some(name => taken.has(name))) continue
    names.set(found.item, wanted)
    for (const name of wanted) taken.add(name)
  }
  const numbered = (wanted: string): string => {
    let name = wanted
    for (let number = 2; taken.has(name); number++) name = `${wanted}_${number}`
    taken.add(name)
    return name
  }
  for (const found of directives) {
    if (names.has(found.item)) continue
    const wanted = wantedNames(found)
    if (wanted === REQUEST) names.set(found.item, [numbered('request')])
    else if (wanted === TARGET) names.set(found.item, [numbered('path')])
    else names.set(found.item, wanted.map(numbered))
  }
  return names
}

/** `%U%q` says more than a `%U` alone. */
function rankOf({ entry, target }: Found): number {
  return (entry.rank ?? 0) + (target ? 1 : 0)
}

function wantedNames({ entry, item, target }: Found): readonly string[] {
  const { meaning } = entry
  switch (meaning.as) {
    case 'text':
    case 'number':
      return [fieldName(entry, meaning.field, item.argument)]
    case 'address':
      return [meaning.field, meaning.port]
    case 'chain':
      return [meaning.field, meaning.rest]
    case 'request':
      return REQUEST
    case 'target':
      return TARGET
    case 'path':
      return target ? TARGET : ['path']
    case 'query':
      return ['query']
    case 'systemError':
      return ['os_error_code', 'os_error']
    case 'sourceFile':
      return ['file', 'file_line']
    default:
      return ['time']
  }
}
