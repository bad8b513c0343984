import { automatonOf, CLASS_BITS, type Automaton } from '../automaton.ts'
import type { Derivation } from '../kind.ts'
import targets from './targets.json' with { type: 'json' }

/** What a path is that asks for a page where people log in. */
export const LOGIN = 'login'

/** Longer paths are cut off. */
const MAX_LENGTH = 1024
const LINE_END = 10
const PERCENT = 37

/**
 * What attackers are after who ask for a path, by texts that stand in it, `\n` being its end: what they know to be open on some
 * server or other. Most such requests are probes; of `login` it depends on how many there are.
 */
export const TARGET: Derivation = {
  name: 'target',
  type: 'text',
  kinds: ['access'],
  from: 'path',
  title: 'Targets',
  summary: `what attackers are after who ask for such paths: ${targets.map(({ name }) => name).join(', ')}`,
  otel: null,
  ecs: null,
  version: '1',
  maxLength: 16,
  derive: Object.assign(targetOf, { ofPlain: targetOfPlain })
}

let automaton: Automaton | undefined

function targetOf(path: string): string | undefined {
  const found = search(unitsOf(path))
  if (!path.includes('%')) return found
  return search(unitsOf(decoded(path))) ?? found
}

function targetOfPlain(path: Uint8Array): string | undefined {
  return path.includes(PERCENT)
    ? targetOf(String.fromCharCode(...path.subarray(0, MAX_LENGTH)))
    : search(path)
}

function unitsOf(text: string): Uint16Array {
  return Uint16Array.from({ length: Math.min(text.length, MAX_LENGTH) }, (_, i) => text.charCodeAt(i))
}

/** The first of the targets whose literals stand in a path. */
function search(path: Uint8Array | Uint16Array): string | undefined {
  const { classOf, next, start, from, marks } = (automaton ??= compile())
  const length = Math.min(path.length, MAX_LENGTH)
  let first = targets.length
  let state = start
  for (let i = 0; i <= length; i++) {
    const unit = i < length ? path[i]! : LINE_END
    state = next[(state << CLASS_BITS) | (unit < 128 ? classOf[unit]! : 0)]!
    if (state >= 0) continue
    state = -state
    for (let mark = from[state]!; mark < from[state + 1]!; mark++) first = Math.min(first, marks[mark]!)
  }
  return targets[first]?.name
}

function compile(): Automaton {
  return automatonOf(new Map(targets.flatMap(({ literals }, i) => literals.map(literal => [literal, [i]]))))
}

/** With escapes resolved, as far as they are some. */
function decoded(path: string): string {
  return path
    .slice(0, MAX_LENGTH)
    .replace(/%([0-7][\da-f])/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}
