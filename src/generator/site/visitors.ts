import type { LinePart } from '../../core/parts.ts'
import type { Micros } from '../../core/time.ts'
import { oneOf, seeded, weighted, type Random } from '../random.ts'
import { APPS, BROWSERS, CRAWLERS, NETWORKS, USERS } from './people.ts'

export type Sort = 'person' | 'app' | 'crawler'

/** Someone who asks, and where in the site they are. */
export interface Visitor {
  readonly part: LinePart
  readonly sort: Sort
  /** The page that they saw last, -1 for none. */
  at: number
  /** When that was. */
  seen: Micros
  /** Pages that are left of this visit, and files of the last page that are still to come. */
  left: number
  assets: number
  /** Requests on their connection. */
  requests: number
}

const sortOf = weighted<Sort>([
  ['person', 88],
  ['app', 6],
  ['crawler', 6]
])
const AGENTS = { person: weighted(BROWSERS), app: weighted(APPS), crawler: weighted(CRAWLERS) }
const network = weighted(NETWORKS)

/** All who ask, each made when first seen: visitor `i` is the same whoever comes before. */
export class Visitors {
  readonly #seed: number
  readonly #known: Visitor[] = []
  #next: number

  /** `count` visitors out of `seed`. */
  constructor(seed: number, count: number) {
    this.#seed = seed
    this.#next = count
  }

  /** Visitor `i` of the pool. */
  get(i: number): Visitor {
    return (this.#known[i] ??= this.#make(i, seeded(this.#seed + Math.imul(i + 1, 0x9e3779b1))))
  }

  /** Someone who is none of the pool, at `client` where that is given. */
  stranger(random: Random, agent: string, client = addressOf(random)): Visitor {
    const part = { id: this.#next++, fields: { client, ident: null, user: null, agent } }
    return { part, sort: 'person', ...FRESH }
  }

  #make(id: number, random: Random): Visitor {
    const sort = sortOf(random)
    const user = sort === 'person' && random() < 0.04 ? oneOf(random, USERS) : null
    const fields = { client: addressOf(random), ident: null, user, agent: AGENTS[sort](random) }
    return { part: { id, fields }, sort, ...FRESH }
  }
}

const FRESH = { at: -1, seen: -Infinity, left: 0, assets: 0, requests: 0 }

/** An address such as people's lines have: one of nine is of IPv6. */
function addressOf(random: Random): string {
  const upTo = (n: number): number => Math.floor(random() * n)
  if (random() >= 0.11) return `${network(random)}.${upTo(256)}.${upTo(256)}.${1 + upTo(254)}`
  const hex = (n: number): string => upTo(n).toString(16)
  return `2a0${hex(16)}:${hex(0xffff)}:${hex(0xffff)}::${hex(0xffff)}`
}
