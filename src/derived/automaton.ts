import { START } from './agent/rules.ts'

/**
 * Finds many literals in one walk over a text (Aho and Corasick 1975), letters of ASCII in either case. It is one table:
 * the state behind `state` and a character is `next[(state << CLASS_BITS) | classOf[character]]`.
 */
export interface Automaton {
  /** A number for each character of ASCII that stands in a literal; 0 for those that do not, and for all others. */
  readonly classOf: Uint8Array
  /** The state that follows; its negative where something was found. */
  readonly next: Int16Array
  /** The state at the beginning of a text. */
  readonly start: number
  /** What a state has found: `marks[from[state]]` up to `marks[from[state + 1]]`. */
  readonly from: Uint16Array
  readonly marks: Uint16Array
}

/** Fewer than 64 characters stand in literals. */
export const CLASS_BITS = 6
const CLASSES = 1 << CLASS_BITS
const MAX_STATES = 32_767
const ROOT = 1

/** The states as a tree, each behind its parent in the arrays. */
interface Tree {
  readonly child: number[]
  readonly sibling: number[]
  readonly classes: number[]
  readonly found: (readonly number[] | undefined)[]
}

/**
 * The automaton of literals in lower case, each with the marks of those who look for it.
 * @throws RangeError where there are too many of them for the table.
 */
export function automatonOf(literals: ReadonlyMap<string, readonly number[]>): Automaton {
  const classOf = new Uint8Array(128)
  let classes = 0
  const classFor = (character: number): number => (classOf[character] ||= ++classes)
  const tree: Tree = { child: [0, 0], sibling: [0, 0], classes: [0, 0], found: [undefined, undefined] }
  for (const [literal, marks] of literals) {
    let state = ROOT
    for (let i = 0; i < literal.length; i++) state = childOf(tree, state, classFor(literal.charCodeAt(i)))
    tree.found[state] = marks
  }
  const start = childOf(tree, ROOT, classFor(START.charCodeAt(0)))
  if (classes >= CLASSES || tree.child.length > MAX_STATES) throw new RangeError('too many literals')
  const next = transitions(tree)
  const from = new Uint16Array(tree.child.length + 1)
  const marks: number[] = []
  for (const [state, found] of tree.found.entries()) {
    if (found) marks.push(...found)
    from[state + 1] = marks.length
  }
  classOf[START.charCodeAt(0)] = 0
  for (let letter = 97; letter <= 122; letter++) classOf[letter - 32] = classOf[letter]!
  return { classOf, next, start, from, marks: Uint16Array.from(marks) }
}

/** The state behind another one; a new one where there is none. */
function childOf({ child, sibling, classes, found }: Tree, parent: number, one: number): number {
  for (let state = child[parent]!; state !== 0; state = sibling[state]!)
    if (classes[state] === one) return state
  const state = child.length
  child.push(0)
  sibling.push(child[parent]!)
  classes.push(one)
  found.push(undefined)
  child[parent] = state
  return state
}

/** Where no literal goes on, a state does what the longest end of it does that begins a literal: its row begins as a copy. */
function transitions({ child, sibling, classes, found }: Tree): Int16Array {
  const next = new Int16Array(child.length << CLASS_BITS).fill(ROOT)
  const fails = new Int16Array(child.length).fill(ROOT)
  const queue = [ROOT]
  for (const parent of queue) {
    const [row, other] = [parent << CLASS_BITS, fails[parent]! << CLASS_BITS]
    if (parent !== ROOT) next.copyWithin(row, other, other + CLASSES)
    for (let state = child[parent]!; state !== 0; state = sibling[state]!) {
      const fail = parent === ROOT ? ROOT : Math.abs(next[other | classes[state]!]!)
      fails[state] = fail
      const theirs = found[fail]
      if (theirs) found[state] = [...new Set([...(found[state] ?? []), ...theirs])]
      next[row | classes[state]!] = found[state] ? -state : state
      queue.push(state)
    }
  }
  return next
}
