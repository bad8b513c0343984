import type { Kind } from '../core/fields.ts'
import type { Step } from '../core/program.ts'
import type { Directive, Meaning } from './directives.ts'
import type { DirectiveItem, Item } from './grammar.ts'
import { fieldName } from './lookup.ts'
import { joinEpoch, readTimestamps } from './timestamps.ts'
import { nameFields, type Found } from './names.ts'
import type { TimeDirective } from './time.ts'

/** What the directives of one kind of string mean. @throws TextProblem for one that there is not. */
export interface Dialect {
  readonly lookUp: (item: DirectiveItem) => Directive
  readonly timeOf: (item: DirectiveItem) => TimeDirective
}

/** Steps whose texts do not know yet where they end, and where in the string each step comes from. */
export interface Lowered {
  readonly steps: Step[]
  readonly at: ReadonlyMap<Step, number>
}

/**
 * Turns the items of a string, by field, into steps.
 * @throws TextProblem
 */
export function lower(kind: Kind, fields: readonly (readonly Item[])[], dialect: Dialect): Lowered {
  const found = new Map<DirectiveItem, Found>()
  for (const items of fields) for (const one of findDirectives(dialect, items)) found.set(one.item, one)
  const forwarded = clientOf([...found.values()])
  if (forwarded) found.set(forwarded.item, forwarded)
  const directives = [...found.values()]
  const times = directives.filter(({ entry }) => entry.meaning.as === 'time').map(({ item }) => item)
  const timestamps = readTimestamps(times, dialect.timeOf)
  const names = nameFields(directives.filter(({ item }) => !timestamps.has(item)))

  const at = new Map<Step, number>()
  const stepsOf = (items: readonly Item[]): Step[] => {
    const steps = items.flatMap(item => {
      if (item.type === 'literal') return [{ op: 'literal', text: item.text } as const]
      const one = found.get(item)
      const own = one ? (timestamps.get(item) ?? directiveSteps(one, names.get(item) ?? [])) : []
      for (const step of withInner(own)) at.set(step, item.at)
      return own
    })
    return joinLiterals(joinEpoch(steps))
  }
  const steps = fields.flatMap(items =>
    splitAtMessage(items).flatMap((part): Step[] => {
      const steps = stepsOf(part)
      const droppable = part.some(item => item.type === 'directive' && isDroppable(kind, found.get(item)))
      return droppable ? [{ op: 'group', steps }] : steps
    })
  )
  return { steps: joinLiterals(steps), at }
}

/** A list of addresses, with a comma and a blank between two of them. */
const FORWARDED = 'header.x-forwarded-for'

const CHAIN: Meaning = { as: 'chain', field: 'client', rest: 'forwarded' }

const fieldOf = ({ entry: { meaning } }: Found): string => ('field' in meaning ? meaning.field : '')

/** Where nothing else gives the client, the header X-Forwarded-For does: its first address. */
function clientOf(all: readonly Found[]): Found | undefined {
  if (all.some(found => fieldOf(found) === 'client')) return undefined
  const found = all.find(({ item, entry }) => {
    const name = entry.meaning.as === 'text' ? fieldName(entry, entry.meaning.field, item.argument) : ''
    return name === FORWARDED
  })
  return found && { item: found.item, entry: { ...found.entry, meaning: CHAIN } }
}

/** Steps and those inside their groups. */
function withInner(steps: readonly Step[]): Step[] {
  return steps.flatMap(step => (step.op === 'group' ? [step, ...withInner(step.steps)] : [step]))
}

function findDirectives(dialect: Dialect, items: readonly Item[]): Found[] {
  const all: Found[] = []
  for (const item of items) {
    if (item.type === 'literal') continue
    const entry = dialect.lookUp(item)
    const before = all.at(-1)
    const touching = before !== undefined && items[items.indexOf(item) - 1] === before.item
    if (touching && before.entry.meaning.as === 'path' && entry.meaning.as === 'query') {
      all[all.length - 1] = { ...before, target: true }
    } else all.push({ item, entry })
  }
  return all
}

/** The message itself is never dropped with its field, only what stands before or after it there. */
function splitAtMessage(items: readonly Item[]): (readonly Item[])[] {
  const at = items.findIndex(item => item.type === 'directive' && item.letter === 'M')
  return at < 0 ? [items] : [items.slice(0, at), items.slice(at, at + 1), items.slice(at + 1)]
}

function isDroppable(kind: Kind, found: Found | undefined): boolean {
  return kind === 'error' && found !== undefined && !found.entry.always && !found.item.hyphen
}

function decimalsOf({ decimals }: { readonly decimals?: number }): { decimals?: number } {
  return decimals === undefined ? {} : { decimals }
}

/** The steps of one directive other than a time. `names` are as nameFields gives them. */
function directiveSteps({ entry }: Found, names: readonly string[]): Step[] {
  const { meaning } = entry
  const [field = '', second = ''] = names
  const text = { op: 'text', field, until: '', quoted: false } as const
  const whole = names.length === 1
  switch (meaning.as) {
    case 'text':
      if (field === FORWARDED) return [{ ...text, list: true }]
      return [meaning.word ? { ...text, word: meaning.word } : text]
    case 'number':
      return [{ op: 'number', field, scale: meaning.scale ?? 1, ...decimalsOf(meaning) }]
    case 'address':
      return [{ op: 'address', field, port: second, until: '' }]
    case 'chain':
      return [{ op: 'chain', field, rest: second, until: '', quoted: false }]
    case 'request':
      return whole ? [text] : [{ op: 'request', until: '', quoted: false }]
    case 'target':
    case 'path':
      return whole ? [text] : [{ op: 'target', until: '', quoted: false }]
    case 'query':
      return [{ op: 'group', steps: [{ op: 'literal', text: '?' }, text] }]
    case 'systemError':
      return [{ op: 'literal', text: '(' }, text, { op: 'literal', text: ')' }, { ...text, field: second }]
    case 'sourceFile':
      return [
        { ...text, word: true },
        { op: 'literal', text: '(' },
        { op: 'number', field: second, scale: 1 },
        { op: 'literal', text: ')' }
      ]
    default:
      return [text]
  }
}

function joinLiterals(steps: readonly Step[]): Step[] {
  const joined: Step[] = []
  for (const step of steps) {
    const before = joined.at(-1)
    if (step.op === 'literal' && before?.op === 'literal') {
      joined[joined.length - 1] = { op: 'literal', text: before.text + step.text }
    } else if (step.op !== 'literal' || step.text !== '') joined.push(step)
  }
  return joined
}
