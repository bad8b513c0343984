import type { LinePart } from '../../core/parts.ts'
import type { Micros } from '../../core/time.ts'
import { logNormal, weighted, zipf, type Random } from '../random.ts'
import { REFERRERS } from './people.ts'
import type { Sort } from './visitors.ts'
import world from './world.json' with { type: 'json' }

/** Pages that are alike: where a visit leads from one of them, by groups and their weights. */
interface PageGroup {
  readonly vhost: string
  readonly method: string
  readonly status: number
  /** Paths, a query with them perhaps; the first ones are asked for most (Zipf). */
  readonly paths: readonly string[]
  /** Median size in bytes, and how much sizes differ: the deviation of their logarithm. */
  readonly bytes: number
  readonly spread: number
  /** Median time to answer. */
  readonly micros: Micros
  /** How many times in a thousand the server fails on it. */
  readonly failing: number
  /** How many files of its own a browser asks for behind it, at most. */
  readonly assets: number
  readonly next: Readonly<Record<string, number>>
}

const products = Array.from({ length: 240 }, (_, i) => `/product/${1000 + i * 7}`)

/** The made-up shop: what can be asked for, where it leads, and how it answers. */
export const GROUPS: Readonly<Record<string, PageGroup>> = {
  ...world.groups,
  product: { ...world.groups.product, paths: products }
}

/** Where people come in, and what apps call first. */
export const ENTRIES: Readonly<Record<Sort, Readonly<Record<string, number>>>> = world.entries

type Draw<T> = (random: Random) => T

/** One page: what is printed of it, and how it answers. */
interface SitePage {
  readonly part: LinePart
  /** As the referrer of what is asked for behind it. */
  readonly from: LinePart
  readonly group: PageGroup
  /** Draws its size as a factor on the median. */
  readonly sizes: Draw<number>
}

/** All pages of the site, numbered, and how visits lead from one to the next. */
export class Catalogue {
  readonly pages: SitePage[] = []
  readonly assets: readonly LinePart[]
  /** Pages that are no more, and that old links and crawlers still ask for. */
  readonly gone: readonly LinePart[]
  readonly robots: LinePart
  readonly nowhere: LinePart
  readonly #next = new Map<PageGroup, Draw<number>>()
  readonly #entry: Readonly<Record<Sort, Draw<number>>>
  readonly #elsewhere: Draw<LinePart>
  #parts = 0
  #froms = 0

  constructor() {
    const draws = Object.entries(GROUPS).map(([name, group]) => [name, this.#add(group)] as const)
    const groups = new Map(draws)
    const leading = (weights: Readonly<Record<string, number>>): Draw<number> => {
      const draw = weighted(
        Object.entries(weights).map(([name, weight]) => [groups.get(name)!, weight] as const)
      )
      return random => draw(random)(random)
    }
    for (const group of Object.values(GROUPS)) this.#next.set(group, leading(group.next))
    const { person, app, crawler } = ENTRIES
    this.#entry = { person: leading(person), app: leading(app), crawler: leading(crawler) }
    const others = REFERRERS.map(([referrer, weight]) => [this.#from(referrer), weight] as const)
    this.nowhere = others[0]![0]
    this.#elsewhere = weighted(others)
    this.assets = world.assets.map(path => this.part('GET', path, undefined, 'HTTP/2.0'))
    this.gone = Array.from({ length: 40 }, (_, i) => this.part('GET', `/old/${i}.html`))
    this.robots = this.part('GET', '/robots.txt')
  }

  /** Where a visit begins. */
  entry(sort: Sort, random: Random): number {
    return this.#entry[sort](random)
  }

  /** The page behind the page `at`. */
  next(at: number, random: Random): number {
    return this.#next.get(this.pages[at]!.group)!(random)
  }

  /** A page of someone else, or none, that leads here. */
  elsewhere(random: Random): LinePart {
    return this.#elsewhere(random)
  }

  /** The part of a request; made once, since it is kept. */
  part(method: string, target: string, vhost = 'shop.example.com', protocol = 'HTTP/1.1'): LinePart {
    const [path = '', query = null] = target.split(/\?(.*)/s)
    const fields = { method, path, query, protocol, request: null, vhost, port: 443 }
    return { id: this.#parts++, fields }
  }

  #from(referrer: string | null): LinePart {
    return { id: this.#froms++, fields: { referrer } }
  }

  /** Adds a group's pages; gives the draw of one of them. */
  #add(group: PageGroup): Draw<number> {
    const first = this.pages.length
    const sizes = logNormal(group.spread)
    const protocol = group.assets > 0 ? 'HTTP/2.0' : 'HTTP/1.1'
    for (const path of group.paths) {
      const part = this.part(group.method, path, group.vhost, protocol)
      this.pages.push({ part, from: this.#from(`https://${group.vhost}${path}`), group, sizes })
    }
    const draw = zipf(group.paths.length, 0.8)
    return random => first + draw(random)
  }
}
