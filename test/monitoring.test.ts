import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { Telemetry } from '../src/telemetry/registry.ts'
import { FULL } from '../src/telemetry/testing/snapshot.ts'

const FOLDER = 'docs/monitoring'
const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8')

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string
      readonly expr: string
      readonly annotations: Readonly<Record<string, string>>
    }[]
  }[]
}
const written: Rules = parse(read('visor.rules.yaml'))
const rules = written.groups.flatMap(group => group.rules)

interface Board {
  readonly panels: readonly {
    readonly title: string
    readonly targets: readonly { readonly expr: string }[]
  }[]
}
const board: Board = JSON.parse(read('grafana-dashboard.json'))
const queries = board.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))

/** The names of the metrics that an expression asks for; `up` is Prometheus' own. */
const namesIn = (expr: string): string[] => expr.match(/\b(visor|process|nodejs)_\w+/g) ?? []

const promtool = (...args: string[]): { status: number | null; said: string } => {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' })
  return { status, said: `${stdout}${stderr}` }
}

describe('board and alarm rules', async () => {
  const telemetry = new Telemetry()
  telemetry.committed(1)
  const text = await telemetry.text(FULL)
  // Of histograms those with labels have no series yet.
  const types = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)]
  const known = new Set(
    types.flatMap(([, name = '', type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name]
    )
  )

  it.each([
    ...rules.map(({ alert, expr }) => [alert, expr]),
    ...board.panels.map(({ title, targets }) => [title, targets.map(({ expr }) => expr).join(' ')])
  ])('%s asks for metrics that there are', (_, expr = '') => {
    const names = namesIn(expr)
    expect(names.filter(name => !known.has(name))).toEqual([])
    expect(names.length > 0 || expr.startsWith('up{')).toBe(true)
  })

  it('shows each group of metrics', () => {
    const asked = new Set(queries.flatMap(namesIn))
    for (const name of [
      'visor_lines_total',
      'visor_source_lag_seconds',
      'visor_alerts',
      'visor_store_size_bytes'
    ])
      expect(asked).toContain(name)
  })

  it('has a test for each rule, and says what to do', () => {
    const tested = read('visor.rules.test.yaml')
    for (const { alert, annotations } of rules) {
      expect(tested).toContain(`alertname="${alert}"`)
      expect(Object.keys(annotations)).toEqual(['summary', 'description'])
    }
  })

  const installed = spawnSync('promtool', ['--version']).status === 0
  describe.skipIf(!installed)('by Prometheus itself (needs promtool)', () => {
    it('rules are right, and fire when they should', () => {
      expect(promtool('check', 'rules', join(FOLDER, 'visor.rules.yaml'))).toMatchObject({ status: 0 })
      const { status, said } = promtool('test', 'rules', join(FOLDER, 'visor.rules.test.yaml'))
      expect(said).toContain('SUCCESS')
      expect(status).toBe(0)
    })

    it('queries of the board are right', () => {
      const folder = mkdtempSync(join(tmpdir(), 'visor-board-'))
      const file = join(folder, 'board.json')
      const filled = queries.map(expr =>
        expr.replaceAll('$__rate_interval', '5m').replaceAll('$instance', '.*')
      )
      const recorded = filled.map((expr, i) => ({ record: `panel:${i}`, expr }))
      writeFileSync(file, JSON.stringify({ groups: [{ name: 'board', rules: recorded }] }))
      expect(promtool('check', 'rules', file)).toMatchObject({ status: 0 })
      rmSync(folder, { recursive: true })
    })
  })
})
