import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { Alerting } from '../alerts/alerting.ts'
import { HEALTHY } from '../alerts/health.ts'
import type { Changes } from '../alerts/kept.ts'
import { receiverRulesOptions } from '../alerts/notifications/options.ts'
import { alertsOptions, rulesOf } from '../alerts/options.ts'
import { RULES } from '../alerts/rules/index.ts'
import type { Progress } from '../core/progress.ts'
import { MINUTE, SECOND, toMillis, type Millis } from '../core/time.ts'
import type { EngineKind } from '../engines/kind.ts'
import { contenderOf, EMBEDDED, type Contender } from '../engines/parity/run.ts'
import { localKind } from '../engines/spark/testing/local-kind.ts'
import { formatFor } from '../formats/index.ts'
import { LineMaker } from '../generator/maker.ts'
import { composed, START } from '../generator/testing/made.ts'
import { fileOptions } from '../sources/file/options.ts'
import { until } from '../sources/testing/client.ts'

const FORMATS = {
  error: formatFor('error24').text,
  access: formatFor('%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i" %D').text
}
const KINDS = ['error', 'access'] as const

/** What happens, one after the other. */
const INCIDENTS = [
  { type: 'errors', for: '1m' },
  { type: 'bruteforce', for: '1m' },
  { type: 'message', for: '10s' },
  { type: 'restart' },
  { type: 'scanner', for: '1m' },
  { type: 'slow', for: '2m' },
  { type: 'flood', for: '1m' },
  { type: 'silence', for: '1m' }
]
/** Minutes until the first, and from one to the next. */
const [WARM, APART] = [6, 3]

/** The ready-made rules, which know what is usual sooner, and one of each kind besides with other settings. */
const alerts = alertsOptions.parse({
  rules: {
    traffic: { window: '30s', min: 100, minReference: 50, inhibitedBy: [] },
    'new-error': { learn: '1m' },
    'slow-page': { min: 5 },
    failing: { type: 'count', where: 'status:5xx', by: 'client', over: 1, window: '30s', groupBy: 'client' },
    heavy: { type: 'metric', where: 'kind:access', field: 'bytes', of: 'sum', over: '100kB', window: '10s' },
    'slow-now': {
      type: 'metric',
      where: 'kind:access',
      field: 'duration',
      of: 'p90',
      over: '500ms',
      min: 3,
      by: 'path',
      window: '30s'
    },
    'no-page': { type: 'absent', where: 'kind:access', by: 'vhost', window: '20s' },
    crashed: { type: 'match', where: 'kind:error AND message:/signal/', by: 'module' }
  }
})

/** The lines of each log that come in one step, and when it ends. */
interface Step {
  readonly at: Millis
  readonly lines: Readonly<Record<(typeof KINDS)[number], string>>
}

const STEP = 15 * SECOND

function made(): Step[] {
  const incidents = INCIDENTS.map((incident, i) => ({ ...incident, at: `${WARM + i * APART}m` }))
  const { traffic } = composed({ rate: 10, incidents }, 7)
  const logs = KINDS.map(kind => ({ kind, format: formatFor(FORMATS[kind]), framed: false }))
  const maker = new LineMaker({ traffic, logs, limit: Infinity, zone: () => 0 })
  const count = ((WARM + INCIDENTS.length * APART) * MINUTE) / STEP
  return Array.from({ length: count }, (_, i) => {
    const end = START + (i + 1) * STEP
    const lines = { error: '', access: '' }
    for (const { kind, lines: batch } of maker.make(end)) lines[kind] = Buffer.from(batch.bytes).toString()
    return { at: toMillis(end), lines }
  })
}

/** Lets an engine read all steps while rules look on, and gives what came of it. The clock is that of the lines. */
async function played(
  { start, lines: keepsLines }: Contender,
  steps: readonly Step[],
  delay: Millis
): Promise<Pick<Changes, 'notifications' | 'transitions'>> {
  const folder = mkdtempSync(join(tmpdir(), 'visor-alerts-'))
  const alerting = new Alerting({
    rules: rulesOf(alerts),
    receivers: [
      {
        name: 'ops',
        ...receiverRulesOptions.parse({ minSeverity: 'info', rateLimit: { count: 1000, per: '1m' } })
      }
    ],
    maxLateness: alerts.maxLateness,
    delay,
    saved: { alerts: [], groups: [], receivers: [], silences: [] }
  })
  let [now, since] = [toMillis(START), performance.now()]
  if (!keepsLines) alerting.countFrom(now)
  const changes: Changes[] = []
  let read = 0
  const failures: Error[] = []
  const events = {
    progress: ({ signals, counters }: Progress) => {
      if (signals) changes.push(alerting.take(signals, now))
      read += counters.bytes
    },
    state: () => {},
    problem: () => {},
    failed: (error: Error) => void failures.push(error)
  }
  const sources = KINDS.map(kind => {
    const path = join(folder, `${kind}.log`)
    writeFileSync(path, '')
    const options = { type: 'file', ...fileOptions.parse({ path, poll: '10ms' }) }
    return { name: kind, options, known: [], zone: 'UTC', format: FORMATS[kind] }
  })
  const plan = {
    name: crypto.randomUUID(),
    sources,
    window: 10 * SECOND,
    lateness: MINUTE,
    aging: true,
    country: true,
    limit: 1000,
    signals: alerting.signals
  }
  const sink = { write: async () => {} }
  const engine = await start(plan, sink, events, () => now + performance.now() - since)
  let written = 0
  try {
    for (const { at, lines } of steps) {
      ;[now, since] = [at, performance.now()]
      // One after the other: which of two logs is read first is chance, on any engine.
      for (const kind of KINDS) {
        appendFileSync(join(folder, `${kind}.log`), lines[kind])
        written += Buffer.byteLength(lines[kind])
        await until(() => read === written || failures[0])
        if (failures[0]) throw failures[0]
      }
      changes.push(alerting.tick(now, HEALTHY))
    }
  } finally {
    await engine.stop()
    rmSync(folder, { recursive: true })
  }
  return {
    notifications: changes.flatMap(({ notifications }) => notifications),
    transitions: changes.flatMap(({ transitions }) => transitions)
  }
}

const contender = (kind: EngineKind): Contender =>
  contenderOf(kind, { type: kind.name, ...kind.options.parse(kind.example) })

/**
 * What two engines have in common: that times of reading are known, which are those of this machine; and shares in whole
 * percent, since which of the rarest values are forgotten is in no certain order.
 */
const common = (key: string, value: unknown): unknown => {
  if (key === 'timestamps' && typeof value === 'object' && value !== null) return Object.keys(value)
  return (key === 'now' || key === 'before') && typeof value === 'number' ? Math.round(100 * value) : value
}

/** All that came of the rules, as text; what comes of one step is in no certain order. */
function comparable({ notifications, transitions }: Awaited<ReturnType<typeof played>>): string[] {
  return [...notifications, ...transitions].map(one => JSON.stringify(one, common)).toSorted()
}

describe('alerts', () => {
  let steps: readonly Step[] = []
  beforeAll(() => void (steps = made()))

  it.each([true, false])(
    'of rules of every kind are the same on Spark and embedded, with all that people are notified of; lines come back: %s',
    async lines => {
      const spark = localKind(lines)
      // Both with the delay of Spark: rules that go by the clock are as much later as that is longer.
      const delay = spark.delay(spark.options.parse(spark.example))
      const [a, b] = await Promise.all([
        played({ ...EMBEDDED, lines }, steps, delay),
        played(contender(spark), steps, delay)
      ])
      expect(comparable(b)).toEqual(comparable(a))
      const fired = new Set(a.notifications.flatMap(({ firing }) => firing.map(({ rule }) => rule)))
      const kinds = rulesOf(alerts).flatMap(({ name, type }) => (fired.has(name) ? [type] : []))
      // Those about the health of sources and of the engine are not about lines.
      expect(new Set([...kinds, 'health'])).toEqual(new Set(RULES.map(({ name }) => name)))
      const evidence = a.notifications.flatMap(({ firing }) => firing.map(({ evidence }) => evidence))
      expect(evidence.some(({ lines }) => lines.length > 0)).toBe(true)
      expect(evidence.some(({ errors }) => errors.length > 0)).toBe(true)
      expect(evidence.some(({ shares }) => shares.length > 0)).toBe(true)
    }
  )
})
