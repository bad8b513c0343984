import type { Kind } from '../core/fields.ts'
import { DAY_MS, MINUTE_MS, SECOND, toMicros, toMillis, type Micros } from '../core/time.ts'
import { classicTraffic } from './classic/traffic.ts'
import type { ClassicOptions } from './classic/options.ts'
import { heartbeatLoop } from './classic/loops.ts'
import { curveOf } from './curves.ts'
import type { Draft, Traffic } from './draft.ts'
import { beginIncident, type IncidentOptions } from './incidents/index.ts'
import { CELL } from './pace.ts'
import { quarterly } from './quarterly.ts'
import { binomial, seeded, zipf, type Random } from './random.ts'
import type { Scenario } from './scenario.ts'
import { Site } from './site/site.ts'
import { SiteTraffic, type IncidentSpan } from './site/traffic.ts'
import { ACCESS_ROLES } from './site/visit.ts'

/** What a scenario is begun with. */
export interface Beginning {
  readonly seed: number
  readonly start: Micros
  /** The logs that are written. */
  readonly kinds: ReadonlySet<Kind>
  /** Minutes east of UTC at a time. */
  readonly zone: (time: Micros) => number
}

/** An incident as it was planned, and the time in which it goes on. */
export interface PlannedIncident extends IncidentSpan {
  readonly options: IncidentOptions
}

/** Lines to come, and what befalls them. */
export interface Composition {
  readonly traffic: Traffic
  readonly incidents: readonly PlannedIncident[]
}

/** When the cell of time begins that a time is in. */
export function cellStart(time: Micros): Micros {
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
    const from = cellStart(start + toMicros(options.at))
    const to = cellStart(from + toMicros(options.for))
    return { options, incident: beginIncident(options, { site, random: fork() }), from, to }
  })
  const curve = curveOf(scenario.curve)
  const zone = quarterly(beginning.zone)
  const traffic = new SiteTraffic({
    site,
    kinds: beginning.kinds,
    rate: (elapsed, timeOfDay) => rate * curve(elapsed, timeOfDay),
    incidents,
    ...heartbeatOf(scenario, beginning.kinds),
    random: remarks,
    start,
    timeOfDay: time => {
      const local = toMillis(time) + zone(time) * MINUTE_MS
      return local - Math.floor(local / DAY_MS) * DAY_MS
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
  const drafts = (time: Micros): Draft[] =>
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
