import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { VisorError } from '../core/errors.ts'
import type { Kind } from '../core/fields.ts'
import type { Sink } from '../core/sink.ts'
import { DAY } from '../core/time.ts'
import { analyze } from '../engines/embedded/bulk.ts'
import { formatFor, presets } from '../formats/index.ts'
import { openSink } from '../sinks/index.ts'
import { sinkDependencies } from '../sinks/contract.ts'
import { generate, type GenerationRun } from './generate.ts'
import { LineMaker } from './maker.ts'
import { composed, START } from './testing/made.ts'
import { Truth } from './truth.ts'

const { signal } = new AbortController()

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'visor-generate-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const path = (name: string): string => join(folder, name)

const timing = { start: START, end: Infinity, due: () => Infinity, signal }

/** Writes a scenario's lines of some logs into files named by kind. */
async function write(
  scenario: object,
  formats: Partial<Record<Kind, string>>,
  { limit = Infinity, ...options }: Partial<GenerationRun> & { limit?: number },
  seed = 1
) {
  const kinds = (['access', 'error'] as const).filter(kind => formats[kind] !== undefined)
  const { traffic, incidents } = composed(scenario, seed, new Set(kinds))
  const truth = new Truth(incidents)
  const logs = kinds.map(kind => ({ kind, format: formatFor(formats[kind] ?? ''), framed: false }))
  const maker = new LineMaker({ traffic, logs, limit, zone: () => 60, truth })
  const sinks = new Map<Kind, Sink>()
  for (const kind of kinds) sinks.set(kind, await openSink(path(kind), {}, sinkDependencies()))
  const made = await generate({ ...timing, maker, sinks, ...options })
  for (const sink of sinks.values()) await sink.close()
  const written = Object.fromEntries(Array.from(sinks, ([kind, sink]) => [kind, sink.written]))
  return { made, written, manifest: truth.manifest(written) }
}

/** What awk counts: its program prints one key a line. */
function awk(program: string, file: string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const key of execFileSync('awk', [program, file], { encoding: 'utf8' }).split('\n'))
    if (key !== '') counts[key] = (counts[key] ?? 0) + 1
  return counts
}

describe('lines of every format', () => {
  it.each(presets())('$name: all that is generated is read back', async format => {
    const incidents = ['errors', 'scanner', 'message', 'restart'].map((type, i) => ({
      type,
      at: `${i * 10}s`,
      for: '10s'
    }))
    const { written } = await write(
      { rate: 50, incidents },
      { [format.kind]: format.text },
      { end: START + 45e6 }
    )
    const { counters } = await analyze([path(format.kind)], {
      signal,
      format: format.text,
      zone: 'Europe/Paris'
    })
    const lines = written[format.kind]
    expect(counters).toMatchObject({ read: lines, parsed: lines, rejected: 0 })
    expect(lines).toBeGreaterThan(1000)
  })

  it('a format with every sort of field, and one that tells some twice', async () => {
    const format =
      '%v:%p %h %{remote}p %l %u %t %{end:usec}t "%r" %s %>s %b %B %I %O %S %D %T %{ms}T %X %k %L %P %{tid}P %R %A "%{Referer}i" "%{User-Agent}i"'
    await write({ rate: 50 }, { access: format }, { limit: 500 })
    const { counters } = await analyze([path('access')], { signal, format })
    expect(counters).toMatchObject({ read: 500, parsed: 500 })
    const [first = ''] = readFileSync(path('access'), 'utf8').split('\n')
    expect(first).toMatch(/" (\d+) \1 \d+ \d+ 412 /)
  })

  it('heartbeats, as the first Visor wrote them', async () => {
    const scenario = { rate: 0.01, heartbeat: { interval: '5', message: 'HEARTBEAT' } }
    await write(scenario, { access: 'common', error: 'error24' }, { end: START + 10e6 })
    const times = ['01:00:00', '01:00:05'].map(time => `[01/Jan/2026:${time} +0100]`)
    expect(readFileSync(path('access'), 'utf8')).toBe(
      times.map(time => `- - - ${time} "HEARTBEAT" - -\n`).join('')
    )
    expect(readFileSync(path('error'), 'utf8')).toBe('[-] [-] HEARTBEAT\n'.repeat(2))
  })
})

describe('a run', () => {
  const both = { access: 'combined', error: 'error24' }

  it('is the same to the byte with the same seed, however the clock ticks', async () => {
    const scenario = { rate: 300, curve: 'waves', incidents: [{ type: 'errors', at: '2s', for: '3s' }] }
    const contents: string[] = []
    for (const tick of [90_000, 330_000, Infinity]) {
      let now = START
      const due = (): number => (now += tick)
      await write(scenario, both, { end: START + 8e6, due }, 77)
      contents.push(readFileSync(path('access'), 'utf8') + readFileSync(path('error'), 'utf8'))
      for (const kind of ['access', 'error']) rmSync(path(kind))
    }
    expect(new Set(contents).size).toBe(1)
  })

  it('ends at the line that is the last, with the error lines that belong to those before', async () => {
    const { written } = await write({ rate: 100, probes: 0.5 }, both, { limit: 1234 })
    expect(written['access']).toBe(1234)
    const probes = Object.values(awk('$9 == 404 && /zgrab|curl|python|Go-http/ { print 1 }', path('access')))
    expect(written['error']).toBeGreaterThanOrEqual(probes[0] ?? Infinity)
  })

  it('writes days of the past in a moment', async () => {
    const { made, written } = await write({ rate: 0.1, curve: 'daily' }, both, { end: START + 3 * DAY })
    expect(made).toBe(START + 3 * DAY)
    expect(Math.abs((written['access'] ?? 0) - 3 * 8640)).toBeLessThanOrEqual(2)
    const hours = awk('{ split($4, t, ":"); print t[2] }', path('access'))
    // The peak is at three in the afternoon; the rate then is nine times that of three at night.
    expect((hours['15'] ?? 0) / (hours['03'] ?? 1)).toBeGreaterThan(5)
  })

  it('stops when it is asked to, with whole lines', async () => {
    const stop = new AbortController()
    let now = START
    const due = (): number => {
      if (now > START + 2e6) stop.abort()
      return (now += 10_000)
    }
    const { written } = await write({ rate: 1000 }, both, { due, signal: stop.signal })
    expect(awk('{ print "lines" }', path('access'))).toEqual({ lines: written['access'] })
    expect(readFileSync(path('access'), 'utf8')).toMatch(/"\n$/)
  })
})

describe('the truth', () => {
  const scenario = {
    rate: 80,
    incidents: [
      { type: 'errors', at: '3s', for: '5s', share: 0.3, status: [503] },
      { type: 'bruteforce', at: '6s', for: '4s', rate: 10 },
      { type: 'scanner', at: '12s', for: '4s', rate: 10 },
      { type: 'message', at: '17s', for: '2s', rate: 3, message: 'AH99999: "quoted"' }
    ]
  }

  it('has the counts that awk has', async () => {
    const { manifest } = await write(
      scenario,
      { access: '%v %h %l %u %t "%r" %>s %b', error: 'error24' },
      { end: START + 20e6 }
    )
    const { access, error } = manifest.logs
    expect(access?.counts).toEqual({
      status: awk('{ print $10 }', path('access')),
      method: awk('{ print substr($7, 2) }', path('access')),
      vhost: awk('{ print $1 }', path('access'))
    })
    expect(access?.lines).toBe(awk('{ print 1 }', path('access'))['1'])
    // Lines that go on with a stack trace have no header.
    expect(error?.counts).toEqual({
      level: awk('/^\\[/ { split($6, m, /[:\\]]/); print m[2] }', path('error')),
      module: awk('/^\\[/ { split($6, m, /[:[]/); print m[2] }', path('error'))
    })
  })

  it('names the very lines of each incident', async () => {
    const { manifest } = await write(
      scenario,
      { access: 'combined', error: 'error22' },
      { end: START + 20e6 }
    )
    const access = readFileSync(path('access'), 'utf8').split('\n')
    const named = (i: number): string[] =>
      (manifest.incidents[i]?.made['access']?.ranges ?? []).flatMap(([from = 0, to = 0]) =>
        access.slice(from - 1, to)
      )
    const is = (i: number, pattern: RegExp): void => {
      expect(named(i).length).toBe(manifest.incidents[i]?.made['access']?.lines)
      expect(named(i).every(line => pattern.test(line))).toBe(true)
      expect(access.filter(line => pattern.test(line)).length).toBe(named(i).length)
    }
    is(0, /" 503 512 /)
    is(1, /"POST \/login HTTP\/1.1" 401 /)
    const clients = manifest.incidents[2]?.facts?.['clients']?.join('|')
    is(2, new RegExp(`^(${clients}) `))
    expect(manifest.incidents[3]).toMatchObject({ made: { access: { lines: 0 }, error: { lines: 6 } } })
  })

  it('claims nothing that is not out', async () => {
    let taken = 0
    const broken: Sink = {
      name: 'broken',
      framed: false,
      get written() {
        return Math.min(taken, 250)
      },
      async write({ count }) {
        taken += count
        if (taken > 250) throw new VisorError('FILE_UNWRITABLE', 'no space is left')
      },
      close: async () => {}
    }
    const { traffic, incidents } = composed({
      rate: 100,
      incidents: [{ type: 'flood', at: '1s', for: '9s' }]
    })
    const truth = new Truth(incidents)
    const logs = [{ kind: 'access', format: formatFor('common'), framed: false } as const]
    const maker = new LineMaker({ traffic, logs, limit: Infinity, zone: () => 0, truth })
    const sinks = new Map([['access', broken] as const])
    await expect(generate({ ...timing, maker, sinks, end: START + 10e6 })).rejects.toThrow('no space is left')
    const { logs: made, incidents: reported } = truth.manifest({ access: broken.written })
    expect(made).toEqual({ access: { lines: 250, complete: false } })
    const last = reported[0]?.made['access']?.ranges.at(-1)
    expect(last?.[1]).toBeLessThanOrEqual(250)
    expect(reported[0]?.made['access']).not.toHaveProperty('last')
  })
})
