import { scenarioOptions, type Scenario } from './scenario.ts'

/** Minutes after which the same incidents come again. */
const ROUND = 20

/** How often, which is days. */
const ROUNDS = 300

/** What befalls the demo's site in each round: minutes from its beginning, and what. */
const INCIDENTS: readonly (readonly [minute: number, incident: Readonly<Record<string, unknown>>])[] = [
  [1, { type: 'scanner', for: '40s', rate: 8 }],
  [4, { type: 'errors', for: '45s', share: 0.25, paths: ['/cart', '/checkout', '/checkout/pay'] }],
  [7, { type: 'bruteforce', for: '1m', clients: 2, rate: 6 }],
  [10, { type: 'flood', for: '30s', factor: 4, clients: 30 }],
  [12, { type: 'slow', for: '90s', path: '/search', factor: 12 }],
  [
    15,
    { type: 'message', for: '20s', rate: 0.5, message: 'AH00161: server reached MaxRequestWorkers setting' }
  ],
  [17, { type: 'restart', for: '3s' }],
  [17.2, { type: 'errors', for: '20s', share: 0.4, status: [503] }]
]

/** A site with waves, peaks and incidents, at `rate` requests a second on average. */
export function demoScenario(rate: number): Scenario {
  const incidents = Array.from({ length: ROUNDS }, (_, round) =>
    INCIDENTS.map(([minute, incident]) => ({
      ...incident,
      at: `${Math.round((round * ROUND + minute) * 60)}s`
    }))
  )
  return scenarioOptions.parse({ title: 'The demo', rate, curve: 'waves', incidents: incidents.flat() })
}
