import { expect, it } from 'vitest'
import { SECOND } from '../../core/time.ts'
import { parseQuery, predicate } from '../../query/index.ts'
import { composed, madeIn, START, type Made } from '../testing/made.ts'
import { incidentOptions } from './index.ts'
import type { IncidentKind } from './kind.ts'

const RATE = 60
const BEGIN = 10
const LASTING = 20
const SECONDS = 40

/** A calm site, and the same with an incident from the tenth second on. */
function run(incident?: object): Made[] {
  const incidents = incident ? [{ ...incident, at: `${BEGIN}s`, for: `${LASTING}s` }] : []
  return madeIn(composed({ rate: RATE, incidents }, 4).traffic, SECONDS)
}

const calm = run()

function secondOf({ event }: Made): number {
  return (event.time - START) / SECOND
}

function between(all: readonly Made[], from: number, to: number): Made[] {
  return all.filter(one => secondOf(one) >= from && secondOf(one) < to)
}

/** What every kind of incident keeps. */
export function conformsToIncident({ name, options, example }: IncidentKind): void {
  const made = run(example)
  const bad = made.filter(({ incident }) => incident === 0)

  it('takes its example, and refuses what it does not know', () => {
    expect(incidentOptions.parse(example)).toMatchObject({ type: name })
    expect(options.safeParse({ ...example, nonsense: 1 }).success).toBe(false)
  })

  it('leaves all before it as it was', () => {
    expect(between(made, 0, BEGIN)).toEqual(between(calm, 0, BEGIN))
  })

  it('changes the lines while it lasts', () => {
    expect(between(made, BEGIN, BEGIN + LASTING)).not.toEqual(between(calm, BEGIN, BEGIN + LASTING))
  })

  it('has lines only in its time, the last words right behind it', () => {
    for (const one of bad) {
      expect(secondOf(one)).toBeGreaterThanOrEqual(BEGIN)
      expect(secondOf(one)).toBeLessThan(BEGIN + LASTING + 0.01)
    }
  })

  it('goes on as usual behind it', () => {
    const requests = [made, calm].map(all =>
      between(all, BEGIN + LASTING + 1, SECONDS).filter(({ kind }) => kind === 'access')
    )
    expect(Math.abs((requests[0]?.length ?? 0) - (requests[1]?.length ?? 0))).toBeLessThanOrEqual(1)
  })

  it('has a query that its lines pass', () => {
    const { incident } = composed({ incidents: [example] }, 4).incidents[0]!
    const holds = predicate(parseQuery(incident.query))
    const found = bad.filter(({ kind, event }) => holds(Object.assign({ kind, source: kind }, event)))
    if (bad.length > 0) expect(found.length).toBeGreaterThan(0)
    const kinds = new Set(found.map(({ kind }) => kind))
    // Of a request's two lines the query may mean one; of that kind of line it finds all.
    expect(found.length).toBe(bad.filter(({ kind }) => kinds.has(kind)).length)
  })

  it('names what was drawn by chance', () => {
    const { incident } = composed({ incidents: [example] }, 4).incidents[0]!
    const clients = incident.facts?.['clients']
    if (clients) expect(new Set(bad.map(({ event }) => event['client']))).toEqual(new Set(clients))
  })
}
