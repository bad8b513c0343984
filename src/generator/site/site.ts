import { MINUTE, type Micros } from '../../core/time.ts'
import { logNormal, oneOf, weighted, type Random } from '../random.ts'
import { Catalogue } from './catalogue.ts'
import { complaintOf, missing } from './complaints.ts'
import { PROBES, SCANNERS } from './people.ts'
import { Visitors, type Visitor } from './visitors.ts'
import type { Visit } from './visit.ts'

export interface SiteOptions {
  /** How many visitors there are, and the draw of one: an index of 0 to count - 1. */
  readonly count: number
  readonly choose: (random: Random) => number
  /** The share of requests that look for a way in. */
  readonly probes: number
}

/** A visit is over when nothing was asked for so long. */
const MAX_IDLE = 30 * MINUTE

/** Pages of a visit, on average. */
const PAGES_PER_VISIT = 5

/** How much answers differ in the time they take, and files and small pages in size. */
const slowness = logNormal(0.5)
const variety = logNormal(0.2)

/** A made-up site that is asked: gives its requests one by one. */
export class Site {
  readonly catalogue = new Catalogue()
  readonly visitors: Visitors
  readonly #random: Random
  readonly #options: SiteOptions
  readonly #scanners: readonly Visitor[]
  readonly #probes
  readonly #visit: Visit

  /** All chance comes out of `random`. */
  constructor(options: SiteOptions, random: Random) {
    this.#random = random
    this.#options = options
    this.visitors = new Visitors(Math.floor(random() * 2 ** 32), options.count)
    const agent = weighted(SCANNERS)
    this.#scanners = Array.from({ length: 12 }, () => this.visitors.stranger(random, agent(random)))
    this.#probes = PROBES.map(path => this.catalogue.part('GET', path))
    this.#visit = this.blank()
  }

  /** A request that is nothing yet. */
  blank(): Visit {
    const { nowhere, robots } = this.catalogue
    return {
      time: 0,
      visitor: this.visitors.get(0),
      page: robots,
      from: nowhere,
      answer: { status: 200, bytes: null, duration: 0 },
      complaint: undefined,
      remark: false
    }
  }

  /** The next request; valid until the one after it. */
  next(time: Micros): Visit {
    const random = this.#random
    const visit = this.#visit
    visit.time = time
    visit.complaint = undefined
    const chance = random()
    if (chance < this.#options.probes) this.#probe(visit)
    else {
      const visitor = this.visitors.get(this.#options.choose(random))
      visit.visitor = visitor
      visitor.requests++
      if (time - visitor.seen > MAX_IDLE) visitor.left = visitor.assets = 0
      visitor.seen = time
      if (visitor.assets > 0) this.#asset(visit)
      else if (chance > 0.985) this.#gone(visit)
      else this.#page(visit)
    }
    return visit
  }

  #page(visit: Visit): void {
    const random = this.#random
    const { visitor } = visit
    const { catalogue } = this
    const begins = visitor.left <= 0
    if (begins)
      visitor.left =
        visitor.sort === 'crawler' ? 40 : 1 + Math.floor(-Math.log(1 - random()) * PAGES_PER_VISIT)
    const before = begins ? undefined : catalogue.pages[visitor.at]
    visitor.at = begins ? catalogue.entry(visitor.sort, random) : catalogue.next(visitor.at, random)
    visitor.left--
    const { part, group, sizes } = catalogue.pages[visitor.at]!
    visit.page = part
    visit.from =
      visitor.sort !== 'person' ? catalogue.nowhere : before ? before.from : catalogue.elsewhere(random)
    if (visitor.sort === 'person') visitor.assets = Math.floor(random() * (group.assets + 1))
    const fails = random() * 1000 < group.failing
    visit.answer = {
      status: fails ? (random() < 0.6 ? 502 : 500) : group.status,
      bytes: fails ? 512 : Math.round(group.bytes * sizes(random)),
      duration: Math.round((fails ? group.micros * 8 : group.micros) * slowness(random))
    }
    if (fails) visit.complaint = complaintOf(random, String(part.fields['path']))
  }

  #asset(visit: Visit): void {
    const random = this.#random
    const { visitor } = visit
    visitor.assets--
    const { assets, pages, nowhere } = this.catalogue
    visit.page = oneOf(random, assets)
    visit.from = pages[visitor.at]?.from ?? nowhere
    const cached = random() < 0.4
    visit.answer = {
      status: cached ? 304 : 200,
      bytes: cached ? null : Math.round(24_000 * variety(random)),
      duration: Math.round(700 * slowness(random))
    }
  }

  /** Old links; crawlers look first whether they may come. */
  #gone(visit: Visit): void {
    const random = this.#random
    const { gone, robots, nowhere } = this.catalogue
    const asks = visit.visitor.sort === 'crawler' && random() < 0.5
    visit.page = asks ? robots : oneOf(random, gone)
    visit.from = nowhere
    visit.answer = asks ? this.#small(200, 68) : this.#small(404, 1_245)
  }

  #probe(visit: Visit): void {
    const random = this.#random
    visit.visitor = oneOf(random, this.#scanners)
    visit.page = oneOf(random, this.#probes)
    visit.from = this.catalogue.nowhere
    visit.complaint = missing(String(visit.page.fields['path']))
    visit.answer = this.#small(404, 1_245)
  }

  /** A quick answer. */
  #small(status: number, bytes: number): Visit['answer'] {
    return { status, bytes, duration: Math.round(800 * variety(this.#random)) }
  }
}
