import { FINDERS } from '../../src/cli/drill/result.ts'
import { classicOptions, heartbeatOptions } from '../../src/generator/classic/options.ts'
import { curveOptions } from '../../src/generator/curves.ts'
import { INCIDENTS } from '../../src/generator/incidents/index.ts'
import { scenarioOptions } from '../../src/generator/scenario.ts'
import { SINKS } from '../../src/sinks/index.ts'
import { code, fill, table } from '../markdown.ts'

/** docs/generator.md: scenarios, incidents, curves, outputs, and the truth. */
export function generatorPage(): string {
  return fill('generator.md', {
    scenario: scenarioOptions,
    heartbeat: heartbeatOptions,
    classic: classicOptions,
    curves: curveOptions.options.map(options => ({
      name: options.shape.shape.value,
      description: options.description,
      options
    })),
    incidents: INCIDENTS,
    finders: table(
      ['incident', 'found by'],
      Object.entries(FINDERS).map(([kind, rules]) => [
        code(kind),
        rules.map(code).join(', ') || 'none needs to'
      ])
    ),
    outputs: table(
      ['target', 'what it is'],
      SINKS.map(({ example, summary }) => [code(example), summary])
    ),
    sinks: SINKS
  })
}
