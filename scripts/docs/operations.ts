import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { CHANGEABLE } from '../../src/app/reload.ts'
import { log } from '../../src/config/schema.ts'
import { MEASURED_METRICS, SNAPSHOT_METRICS } from '../../src/telemetry/metrics.ts'
import { code, fill, table } from '../markdown.ts'

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string
      readonly labels: { readonly severity: string }
      readonly expr: string
    }[]
  }[]
}

/** docs/operations.md: probes, metrics, reload, stop, log. */
export function operationsPage(): string {
  const metrics = [...SNAPSHOT_METRICS, ...Object.values(MEASURED_METRICS)]
  const { groups }: Rules = parse(readFileSync('docs/monitoring/visor.rules.yaml', 'utf8'))
  return fill('operations.md', {
    metrics: table(
      ['metric', 'type', 'labels', 'what it is'],
      metrics.map(({ name, type, labels, help }) => [code(name), type, labels.map(code).join(', '), help])
    ),
    rules: table(
      ['rule', 'severity', 'fires when'],
      groups.flatMap(({ rules }) =>
        rules.map(({ alert, labels, expr }) => [
          code(alert),
          labels.severity,
          code(expr.replaceAll(/\s+/g, ' ').trim())
        ])
      )
    ),
    changeable: [...CHANGEABLE].map(code).join(', '),
    log
  })
}
