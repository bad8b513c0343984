import { Run, notificationText, type RunOptions } from './run.ts'

/** What happens in a scenario, in seconds after START. */
export interface Scenario extends Partial<RunOptions> {
  /** Seconds [from, to) in which each client has a line, for the rule `r` or, with `RULE:`, for another. */
  readonly lines: Readonly<Record<string, readonly (readonly [from: number, to: number])[]>>
  readonly acknowledged?: Readonly<Record<string, number>>
  readonly given?: Readonly<Record<string, number>>
  /** Query, beginning and length of each silence. */
  readonly silences?: readonly (readonly [query: string, at: number, length: number])[]
  /** When Visor is stopped and started again. */
  readonly restarts?: readonly number[]
  readonly until: number
}

/** Plays a scenario second by second. */
export function played(scenario: Scenario): Run {
  const { rules = { r: {} }, receivers, until } = scenario
  const run = new Run({ rules, ...(receivers && { receivers }) })
  for (let at = 0; at <= until; at++) {
    for (const rule of Object.keys(rules)) {
      const clients = Object.entries(scenario.lines).flatMap(([name, spans]) => {
        const [client = '', of = 'r'] = name.split(':').toReversed()
        return of === rule && spans.some(([from, to]) => at >= from && at < to) ? [client] : []
      })
      if (clients.length > 0) run.lines(rule, clients, at)
    }
    for (const [query, from, length] of scenario.silences ?? [])
      if (from === at) run.silence(query, at + 0.3, length)
    for (const [client, when] of Object.entries(scenario.acknowledged ?? {}))
      if (when === at) run.acknowledge(client, at + 0.4)
    for (const [client, when] of Object.entries(scenario.given ?? {}))
      if (when === at) run.acknowledge(client, at + 0.4, true)
    if (scenario.restarts?.includes(at)) run.restart()
    run.tick(at + 0.9)
  }
  return run
}

/** The notifications of a scenario in short. */
export function notificationTexts(scenario: Scenario): string[] {
  return played(scenario).notifications.map(notificationText)
}
