import type { Kind } from '../../core/fields.ts'
import type { Derivation } from '../kind.ts'
import { automatonOf, CLASS_BITS, type Automaton } from '../automaton.ts'
import rules from './rules.json' with { type: 'json' }
import type { AgentPattern, AgentRule, AgentRules } from './rules.ts'

/** What a user agent says of who asks: a person's browser and system, or a program. */
export interface Agent {
  readonly browser: string | undefined
  readonly os: string | undefined
  readonly bot: string | undefined
}

/** Longer agents are cut off; what matters stands at their beginning. */
const MAX_AGENT_LENGTH = 512
/** Longer names of programs are cut off. */
const MAX_NAME_LENGTH = 64
/** What an agent is called that has no name of its own. */
const OTHER = 'other'

const NONE: Agent = { browser: undefined, os: undefined, bot: undefined }
const RULES: AgentRules = rules

/** The rules of one kind, by their numbers: from `first` up to `end`. */
interface Section {
  readonly first: number
  readonly end: number
}

/** What a rule asks besides its literals: that a pattern matches, or that it does not. */
interface Check {
  readonly pattern: RegExp
  readonly matches: boolean
}

/** The rules as one automaton, whose marks are the numbers of the rules whose literal was found. */
interface Compiled {
  readonly automaton: Automaton
  readonly names: readonly string[]
  readonly checks: readonly (Check | undefined)[]
  readonly bots: Section
  readonly browsers: Section
  readonly systems: Section
  readonly beginnings: RegExp
  readonly ends: RegExp
  /** A bit for each rule whose literal stands in the agent at hand. */
  readonly found: Int32Array
}

/** The number of all rules of which a literal alone is proof of a program. */
const PROOF = 0

/** Takes about 10 ms, so it waits for the first agent. */
function compile({ proofs, bots, browsers, systems, beginnings, ends }: AgentRules): Compiled {
  const names: string[] = []
  const checks: (Check | undefined)[] = []
  const literals = new Map(proofs.map(literal => [literal, [PROOF]]))
  let count = 1
  const section = (some: readonly (AgentPattern & { readonly name?: string })[]): Section => {
    // Each section has words of bits of its own.
    const first = Math.ceil(count / 32) * 32
    for (const [i, { name = OTHER, literals: own, check }] of some.entries()) {
      names[first + i] = name
      checks[first + i] = check && {
        pattern: new RegExp(check.pattern, check.flags),
        matches: check.not !== true
      }
      for (const literal of own) literals.set(literal, [...(literals.get(literal) ?? []), first + i])
    }
    count = first + some.length
    return { first, end: count }
  }
  const sections = {
    bots: section(bots),
    browsers: section(browsers),
    systems: section(systems)
  }
  return {
    ...sections,
    automaton: automatonOf(literals),
    names,
    checks,
    beginnings: new RegExp(beginnings, 'i'),
    ends: new RegExp(ends, 'i'),
    found: new Int32Array(Math.ceil(count / 32))
  }
}

let compiled: Compiled | undefined
let last = ''
let lastAgent = NONE

/** What an agent says. Names only, no versions. Programs have a name (`bot`) and neither browser nor system. */
export function agentOf(text: string): Agent {
  // Browser, system and bot are asked for one after the other.
  if (text !== last) {
    lastAgent = classify(text)
    last = text
  }
  return lastAgent
}

function classify(text: string): Agent {
  // IIS writes a `+` for a blank.
  const agent = (text.includes(' ') ? text : text.replaceAll('+', ' ')).slice(0, MAX_AGENT_LENGTH)
  if (agent.trim() === '') return NONE
  const all = (compiled ??= compile(RULES))
  const proof = find(agent, all)
  if (isProgram(agent, all, proof)) return { ...NONE, bot: botName(agent, all, proof) }
  const browser = firstOf(agent, all, all.browsers)
  return {
    browser: browser === undefined ? unknownProduct(agent) : all.names[browser],
    os: all.names[firstOf(agent, all, all.systems) ?? NaN],
    bot: undefined
  }
}

function isProgram(agent: string, all: Compiled, proof: number): boolean {
  return (
    proof >= 0 ||
    firstOf(agent, all, all.bots) !== undefined ||
    all.beginnings.test(agent) ||
    (agent.endsWith(';') && all.ends.test(agent))
  )
}

/** Sets the bits of the rules whose literals stand in an agent; gives where a first literal ends that is proof, else -1. */
function find(agent: string, { automaton, found }: Compiled): number {
  const { classOf, next, start, from, marks } = automaton
  for (let i = 0; i < found.length; i++) found[i] = 0
  let proof = -1
  let state = start
  for (let i = 0; i < agent.length; i++) {
    const character = agent.charCodeAt(i)
    state = next[(state << CLASS_BITS) | (character < 128 ? classOf[character]! : 0)]!
    if (state > 0) continue
    state = -state
    for (let j = from[state]!; j < from[state + 1]!; j++) {
      const mark = marks[j]!
      if (mark === PROOF && proof < 0) proof = i
      found[mark >> 5]! |= 1 << (mark & 31)
    }
  }
  return proof
}

/** The first rule of a section that holds. */
function firstOf(agent: string, { checks, found }: Compiled, { first, end }: Section): number | undefined {
  for (let word = first >> 5; word << 5 < end; word++) {
    for (let bits = found[word]!; bits !== 0; bits &= bits - 1) {
      const rule = (word << 5) + 31 - Math.clz32(bits & -bits)
      const check = checks[rule]
      if (check === undefined || check.pattern.test(agent) === check.matches) return rule
    }
  }
  return undefined
}

/**
 * `other` where an agent calls itself by another product than Mozilla: by what stands before the last `/version (` or, without
 * a parenthesis, `/version `. The product itself is no name: a client can make up any number of them.
 */
function unknownProduct(agent: string): string | undefined {
  let end = agent.lastIndexOf('(')
  if (end < 0) end = agent.lastIndexOf(' ')
  else while (end > 0 && !/[ \t]/.test(agent.charAt(end - 1))) end = agent.lastIndexOf('(', end - 1)
  const slash = end < 0 ? -1 : agent.lastIndexOf('/', end)
  return slash <= 0 || (slash === 7 && agent.startsWith('Mozilla')) ? undefined : OTHER
}

/**
 * The name of a program: the product that it begins with, or of one that calls itself Mozilla the word that gives it away.
 * Names are open, as agents are: a crawler that nobody knew yet is what one wants to see by name. They cost no more than the
 * agents that they stand in: metrics keep the most frequent and count the others as `other`.
 */
function botName(agent: string, all: Compiled, proof: number): string {
  const name = nameIn(agent, all, proof)
  return NO_NAME.test(name) ? OTHER : name.slice(0, MAX_NAME_LENGTH)
}

/** What all call themselves, a piece of an address, a version. */
const NO_NAME = /^(?:Mozilla|Opera|https?|\d+\.[\d.]*|)$/

function nameIn(agent: string, all: Compiled, proof: number): string {
  const product = /^[\w.@-]+/.exec(agent)?.[0]
  if (product !== undefined && product !== 'Mozilla' && product !== 'Opera') return product
  const robot = agent.search(/bot|spider|crawl/i)
  if (robot >= 0) return wordAt(agent, robot, /[\w.-]/)
  const compatible = /\(compatible; ([\w.@ -]*[\w.@-])/.exec(agent)?.[1]
  if (compatible !== undefined && !compatible.startsWith('MSIE')) return compatible
  return wordAt(agent, firstSign(agent, all, proof), /[\w.@-]/)
}

/** Where the word begins or goes on that first gives a program away. */
function firstSign(agent: string, { checks, found, bots }: Compiled, proof: number): number {
  let first = proof
  while (first > 0 && !/\w/.test(agent.charAt(first))) first--
  for (let rule = bots.first; rule < bots.end; rule++) {
    if ((found[rule >> 5]! & (1 << (rule & 31))) === 0) continue
    const at = agent.search(checks[rule]!.pattern)
    if (at >= 0 && (first < 0 || at < first)) first = at + agent.slice(at).search(/\w|$/)
  }
  return first
}

/** The word around a place, of characters that are all of one kind. */
function wordAt(agent: string, at: number, kind: RegExp): string {
  let [from, to] = [at, at]
  while (from > 0 && kind.test(agent.charAt(from - 1))) from--
  while (to < agent.length && kind.test(agent.charAt(to))) to++
  return agent.slice(from, to)
}

const common = {
  type: 'text',
  kinds: ['access'] satisfies Kind[],
  from: 'agent',
  version: `${RULES.version}, 1`
} as const

const longestName = (some: readonly AgentRule[]): number =>
  some.reduce((length, { name }) => Math.max(length, name.length), OTHER.length)

/** Who asks, by the user agent. */
export const AGENT_DERIVATIONS: readonly Derivation[] = [
  {
    ...common,
    name: 'browser',
    title: 'Browser',
    summary:
      'browser by the user agent, without its version; `other` for an unknown product, none for programs',
    otel: 'user_agent.name',
    ecs: 'user_agent.name',
    maxLength: longestName(RULES.browsers),
    derive: text => agentOf(text).browser
  },
  {
    ...common,
    name: 'os',
    title: 'System',
    summary: 'system by the user agent',
    otel: 'user_agent.os.name',
    ecs: 'user_agent.os.name',
    maxLength: longestName(RULES.systems),
    derive: text => agentOf(text).os
  },
  {
    ...common,
    name: 'bot',
    title: 'Bot',
    summary: 'name of the program that asks, by the user agent; none for people',
    // Programs have no browser, so the two never meet in one event.
    otel: 'user_agent.name',
    ecs: 'user_agent.name',
    maxLength: MAX_NAME_LENGTH,
    derive: text => agentOf(text).bot
  }
]
