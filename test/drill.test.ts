import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FINDERS } from '../src/cli/drill/result.ts'
import { startVisor, type Outcome } from './visor.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'visor-drill-cli-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function scenario(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

async function drill(...args: string[]): Promise<Outcome> {
  return startVisor(['drill', ...args]).ended
}

const COLD = ['--speed', '10', '--warm-up', '0s']

describe('visor drill', () => {
  it('scores what the monitor counted of each incident', async () => {
    const file = scenario(
      'counts.yaml',
      `rate: 100
duration: 20s
seed: 3
incidents:
  - { type: errors, at: 2s, for: 3s, share: 0.5, status: [503] }
  - { type: bruteforce, at: 4s, for: 3s, rate: 20 }
  - { type: flood, at: 8s, for: 1s, factor: 5, rules: [] }
  - { type: message, at: 9s, for: 2s, rate: 2, message: 'AH99999: it broke', rules: [] }
  - { type: silence, at: 13s, for: 4s, rules: [] }
`
    )
    const { exit, out, err } = await drill(file, ...COLD, '--json')
    expect([exit, err]).toEqual([0, ''])
    const result: { incidents: Record<string, unknown>[] } = JSON.parse(out)
    expect(result).toMatchObject({ lasting: 20_000, falseAlerts: [] })
    const { incidents } = result
    expect(incidents.map(({ incident, missed, false: wrong }) => [incident, missed, wrong])).toEqual(
      ['errors', 'bruteforce', 'flood', 'message', 'silence'].map(name => [name, 0, 0])
    )
    for (const { incident, bad, expected, found, first, p99 } of incidents) {
      if (incident === 'silence') expect([bad, expected, found]).toEqual([0, 0, 0])
      else {
        expect(Number(bad)).toBeGreaterThan(0)
        expect(found).toBe(expected)
        expect(Number(first)).toBeGreaterThan(0)
        expect(Number(p99)).toBeGreaterThan(0)
      }
    }
    expect(incidents.map(({ by }) => by)).toEqual([
      expect.stringMatching(/^server-errors/),
      'password-guessing',
      ...Array(3)
    ])
  })

  it('prints tables, and fails where no rule found what one should', async () => {
    const file = scenario(
      'table.json',
      JSON.stringify({ rate: 50, incidents: [{ type: 'scanner', at: '1s', for: '1s' }] })
    )
    const { exit, out } = await drill(file, ...COLD)
    expect(exit).toBe(1)
    expect(out).toMatch(
      /^incident +at +bad lines +to count +found +missed +false +first +p50 +p99\nscanner +1s +20 +20 +20 +0 +0 +\d+ ms +\d+ ms +\d+ ms\n\nincident +at +found by +after\nscanner +1s +MISSED by path-scan +-\n\nrules found 0 of 1 incidents\nno alert fired, in 17 s and [\d,]+ lines\n$/
    )
  })

  it('fails where an alert is about no incident', async () => {
    const file = scenario('probed.yaml', 'rate: 50\nprobes: 1\nduration: 1m\nclients: { count: 2 }\n')
    const { exit, out } = await drill(file, '--speed', '20', '--warm-up', '0s')
    expect(exit).toBe(1)
    expect(out).toMatch(/^\d of \d alerts was false, in 1 min and .* lines\n {2}\d+s +\S+ /)
  })

  it('finds an incident of each kind, and nothing else', async () => {
    const { exit, out, err } = await drill('docs/scenarios/incidents.yaml', '--speed', '100', '--json')
    expect([exit, err]).toEqual([0, ''])
    const { incidents, alerts }: { incidents: { incident: string; by?: string }[]; alerts: number } =
      JSON.parse(out)
    expect(new Set(incidents.map(({ incident }) => incident))).toEqual(new Set(Object.keys(FINDERS)))
    expect(incidents.filter(({ by }) => by !== undefined)).toHaveLength(8)
    expect(alerts).toBeGreaterThanOrEqual(8)
  })

  it('finds nothing in an hour of calm traffic with peaks', async () => {
    const { exit, out, err } = await drill('docs/scenarios/calm.yaml', '--speed', '400')
    expect([exit, err]).toEqual([0, ''])
    expect(out).toMatch(/^no alert fired, in 1 h and [\d,]+ lines\n$/)
  })
})
