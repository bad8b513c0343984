import type { Kind } from '../../core/fields.ts'
import { MINUTE, toMillis, type Micros, type Millis } from '../../core/time.ts'
import type { Curve } from '../curves.ts'
import type { Draft, Take, Traffic } from '../draft.ts'
import type { Incident } from '../incidents/index.ts'
import { CELL, Pace } from '../pace.ts'
import type { Random } from '../random.ts'
import { remarkOn, type Complaint } from './complaints.ts'
import { writeVisit } from './lines.ts'
import type { Site } from './site.ts'
import { ACCESS_ROLES, ERROR_ROLES, type Visit } from './visit.ts'

/** An incident, and the cells of time in which it goes on. */
export interface IncidentSpan {
  readonly incident: Incident
  readonly from: Micros
  readonly to: Micros
}

export interface SiteTrafficOptions {
  readonly site: Site
  /** The logs that are written. Where the error log is written alone, each request leaves a line in it. */
  readonly kinds: ReadonlySet<Kind>
  /** Requests a second, by the time since the start and that of the day. */
  readonly rate: Curve
  readonly incidents: readonly IncidentSpan[]
  /** How often logs have a heartbeat, and its lines. */
  readonly heartbeat?: { readonly interval: Micros; readonly drafts: (time: Micros) => readonly Draft[] }
  /** Chance of what the error log says when it is written alone. */
  readonly random: Random
  /** A multiple of CELL. */
  readonly start: Micros
  /** The time of the day by the clock on the wall. */
  readonly timeOfDay: (time: Micros) => Millis
}

const NONE: readonly number[] = []

/** How far ahead is looked for incidents. */
const LOOK_AHEAD = MINUTE

/** Something that happens at a time. */
type Due = readonly [time: Micros, happen: () => void]

/** The lines of a site that is asked, with what befalls it. */
export class SiteTraffic implements Traffic {
  readonly roles = { access: ACCESS_ROLES, error: ERROR_ROLES }
  readonly #options: SiteTrafficOptions
  readonly #pace = new Pace()
  readonly #paces: readonly Pace[]
  readonly #blank: Visit
  /** Where the next cell begins. */
  #at: Micros
  #soon: (readonly [number: number, planned: IncidentSpan])[] = []
  #soonUntil = -Infinity

  constructor(options: SiteTrafficOptions) {
    this.#options = options
    this.#paces = options.incidents.map(() => new Pace())
    this.#blank = options.site.blank()
    this.#at = options.start
  }

  fill(to: Micros, take: Take): void {
    for (; this.#at + CELL <= to; this.#at += CELL) this.#cell(this.#at, take)
  }

  #cell(at: Micros, take: Take): void {
    const { rate, start, timeOfDay } = this.#options
    if (at >= this.#soonUntil) this.#look(at)
    const middle = at + CELL / 2
    const all = rate(toMillis(middle - start), timeOfDay(middle))
    if (this.#beats(at) || this.#soon.some(([, { from, to }]) => from <= at && at <= to)) {
      const due = [...this.#edges(at, take), ...this.#everyday(at, all, take), ...this.#extra(at, all, take)]
      for (const [, happen] of due.sort(([a], [b]) => a - b)) happen()
      return
    }
    const lines = this.#pace.due(all)
    for (let i = 0; i < lines; i++) this.#request(at + this.#pace.at(i), NONE, take)
  }

  /** What would happen anyway: heartbeats and requests, unless an incident keeps them from it. */
  #everyday(at: Micros, all: number, take: Take): Due[] {
    const factor = this.#factor(at)
    const active = this.#active(at)
    const due: Due[] = Array.from({ length: this.#pace.due(all * factor) }, (_, i) => {
      const time = at + this.#pace.at(i)
      return [time, () => this.#request(time, active, take)]
    })
    const beat = this.#beats(at) && factor > 0 ? this.#options.heartbeat?.drafts(at) : undefined
    return [...(beat ?? []).map((draft): Due => [at, () => take(draft)]), ...due]
  }

  /** The lines that incidents make themselves. */
  #extra(at: Micros, all: number, take: Take): Due[] {
    return this.#active(at).flatMap(number => {
      const { incident } = this.#options.incidents[number]!
      const pace = this.#paces[number]!
      const lines = pace.due((incident.rate?.(all) ?? 0) * this.#factor(at, number))
      return Array.from({ length: lines }, (_, i): Due => {
        const time = at + pace.at(i)
        return [time, () => this.#own(number, time, take)]
      })
    })
  }

  /** What the error log says when incidents begin and end. */
  #edges(at: Micros, take: Take): Due[] {
    return this.#soon.flatMap(([number, { incident, from, to }]) => {
      const said = from === at ? incident.begins : to === at ? incident.ends : undefined
      return (said ?? []).map((complaint, i): Due => [
        at + i,
        () => this.#remark(number, at + i, complaint, take)
      ])
    })
  }

  /** What incidents make of the rate, all but the one numbered `but`. */
  #factor(at: Micros, but = -1): number {
    return this.#active(at).reduce(
      (factor, number) =>
        number === but ? factor : factor * (this.#options.incidents[number]?.incident.factor ?? 1),
      1
    )
  }

  #active(at: Micros): number[] {
    return this.#soon.flatMap(([number, { from, to }]) => (from <= at && at < to ? [number] : []))
  }

  /** Of perhaps many incidents, those that matter for some time. */
  #look(at: Micros): void {
    this.#soonUntil = at + LOOK_AHEAD
    this.#soon = Array.from(this.#options.incidents.entries()).filter(
      ([, { from, to }]) => from < this.#soonUntil && at <= to
    )
  }

  #beats(at: Micros): boolean {
    const { heartbeat, start } = this.#options
    return heartbeat !== undefined && (at - start) % heartbeat.interval < CELL
  }

  #request(time: Micros, active: readonly number[], take: Take): void {
    const { site, kinds, incidents, random } = this.#options
    const visit = site.next(time)
    if (!kinds.has('access')) visit.complaint ??= remarkOn(random, String(visit.page.fields['path']))
    let changed = -1
    for (const number of active) if (incidents[number]?.incident.touch?.(visit)) changed = number
    writeVisit(visit, kinds, changed, take)
  }

  #own(number: number, time: Micros, take: Take): void {
    const visit = this.#blank
    Object.assign(visit, { time, complaint: undefined, remark: false })
    this.#options.incidents[number]?.incident.make?.(visit)
    visit.visitor.requests++
    writeVisit(visit, this.#options.kinds, number, take)
  }

  #remark(number: number, time: Micros, complaint: Complaint, take: Take): void {
    writeVisit({ ...this.#blank, time, complaint, remark: true }, this.#options.kinds, number, take)
  }
}
