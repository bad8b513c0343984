import type { LinePart } from '../../core/parts.ts'
import { logNormal, weighted, zipf, type Random } from '../random.ts'
import { ASSETS, ENTRIES, GONE, GROUPS, SHOP, type PageGroup } from './pages.ts'
import { REFERRERS } from './people.ts'
import type { Sort } from './visitors.ts'

type Draw<T> = (random: Random) => T

/** One page: what is printed of it, and how it answers. */
export interface SitePage {
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
    this.#entry = {
      person: leading(ENTRIES.person),
      app: leading(ENTRIES.app),
      crawler: leading(ENTRIES.crawler)
    }
    const others = REFERRERS.map(([referrer, weight]) => [this.#from(referrer), weight] as const)
    this.nowhere = others[0]![0]
    this.#elsewhere = weighted(others)
    this.assets = ASSETS.map(path => this.part('GET', path, SHOP, 'HTTP/2.0'))
    this.gone = GONE.map(path => this.part('GET', path))
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
  part(method: string, target: string, vhost = SHOP, protocol = 'HTTP/1.1'): LinePart {
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
