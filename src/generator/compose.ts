import type { Kind } from '../core/fields.ts'
import { classicTraffic } from './classic/traffic.ts'
import type { ClassicOptions } from './classic/options.ts'
import { heartbeatLoop } from './classic/loops.ts'
import { curveOf } from './curves.ts'
import type { Draft, Traffic } from './draft.ts'
import { beginIncident, type Incident, type IncidentOptions } from './incidents/index.ts'
import { CELL } from './pace.ts'
import { quarterly } from './quarterly.ts'
import { binomial, seeded, zipf, type Random } from './random.ts'
import type { Scenario } from './scenario.ts'
import { Site } from './site/site.ts'
import { SiteTraffic } from './site/traffic.ts'
import { ACCESS_ROLES } from './site/visit.ts'

const MILLISECOND = 1000
const SECOND = 1e6

/** What a scenario is begun with. */
export interface Beginning {
  readonly seed: number
  /** Microseconds since 1970. */
  readonly start: number
  /** The logs that are written. */
  readonly kinds: ReadonlySet<Kind>
  /** Minutes east of UTC at a time (microseconds since 1970). */
  readonly zone: (time: number) => number
}

/** An incident as it was planned, and the time in which it goes on, in microseconds since 1970. */
export interface PlannedIncident {
  readonly options: IncidentOptions
  readonly incident: Incident
  readonly from: number
  readonly to: number
}

/** Lines to come, and what befalls them. */
export interface Composition {
  readonly traffic: Traffic
  readonly incidents: readonly PlannedIncident[]
}

/** The first moment of a cell of time, at or before a time (microseconds). */
export function cellStart(time: number): number {
  return Math.floor(time / CELL) * CELL
}

/** The traffic of a scenario. The same seed and start give the same lines. */
export function compose(scenario: Scenario, beginning: Beginning): Composition {
  const random = seeded(beginning.seed)
  const fork = (): Random => seeded(Math.floor(random() * 2 ** 32))
  const start = cellStart(beginning.start)
  const { clients, probes, rate } = scenario
  const site = new Site({ count: clients.count, choose: choiceOf(clients), probes }, fork())
  const remarks = fork()
  const incidents = scenario.incidents.map(options => {
    const from = cellStart(start + options.at * MILLISECOND)
    const to = cellStart(from + options.for * MILLISECOND)
    return { options, incident: beginIncident(options, { site, random: fork() }), from, to }
  })
  const curve = curveOf(scenario.curve)
  const zone = quarterly(beginning.zone)
  const traffic = new SiteTraffic({
    site,
    kinds: beginning.kinds,
    rate: (seconds, day) => rate * curve(seconds, day),
    incidents,
    ...heartbeatOf(scenario, beginning.kinds),
    random: remarks,
    start,
    day: time => {
      const seconds = time / SECOND + zone(time) * 60
      return seconds - Math.floor(seconds / 86_400) * 86_400
    }
  })
  return { traffic, incidents }
}

/** The traffic of a configuration of the first Visor. */
export function composeClassic(options: ClassicOptions, { seed, start, kinds }: Beginning): Composition {
  return { traffic: classicTraffic(options, { start, random: seeded(seed), modes: kinds }), incidents: [] }
}

function choiceOf({ count, choose, exponent, likely }: Scenario['clients']): (random: Random) => number {
  if (choose === 'zipf') return zipf(count, exponent)
  if (choose === 'binomial') return binomial(count - 1, likely)
  return random => Math.floor(random() * count)
}

function heartbeatOf({ heartbeat }: Scenario, kinds: ReadonlySet<Kind>) {
  if (!heartbeat || heartbeat.interval === 0) return {}
  const loops = Array.from(kinds, kind => heartbeatLoop(kind, heartbeat))
  const drafts = (time: number): Draft[] =>
    loops.map(loop => {
      const { own, text } = loop.line()
      // Its fields stand for any part.
      return {
        kind: loop.kind,
        time,
        parts: ACCESS_ROLES.map(() => ({ id: -1, fields: own })),
        own: {},
        text,
        incident: -1
      }
    })
  return { heartbeat: { interval: cellStart(heartbeat.interval * SECOND) || CELL, drafts } }
}
