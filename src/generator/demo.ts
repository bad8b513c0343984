import demo from './demo.json' with { type: 'json' }
import { scenarioOptions, type Scenario } from './scenario.ts'

/** Minutes after which the same incidents come again. */
const ROUND = 20

/** How often, which is days. */
const ROUNDS = 300

/** A site with waves, peaks and incidents (demo.json: minutes from a round's beginning), at `rate` requests a second on average. */
export function demoScenario(rate: number): Scenario {
  const incidents = Array.from({ length: ROUNDS }, (_, round) =>
    demo.map(incident => ({ ...incident, at: `${Math.round((round * ROUND + incident.at) * 60)}s` }))
  )
  return scenarioOptions.parse({ title: 'The demo', rate, curve: 'waves', incidents: incidents.flat() })
}
