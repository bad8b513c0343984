/**
 * What signals of alert rules cost one ingest thread: node bench/signals.ts [LINES] [RATE]
 * Reads lines of vhost_combined with the time taken, RATE of them a second of event time (default 100000), in process, in turn
 * without and with signals; deliveries are dropped. Live: what is written in 10 ms is one step; a backlog of fresh lines, and
 * of lines of a month ago: steps are as large as they can be.
 */
import { DAY_MS, HOUR, MINUTE, SECOND, SECOND_MS } from '../src/core/time.ts'
import { alertsOptions, rulesOf } from '../src/alerts/options.ts'
import { signalsOf } from '../src/alerts/rules/index.ts'
import { pipelinesOf } from '../src/counting/slots.ts'
import { StreamReader } from '../src/counting/reader.ts'
import { formatFor } from '../src/formats/index.ts'
import { seeded } from '../src/generator/random.ts'
import { parseQuery, type Query } from '../src/query/index.ts'
import { QueueStream } from '../src/sources/queue.ts'
import type { Signal } from '../src/core/signal.ts'

const [lines = 400_000, rate = 100_000] = process.argv.slice(2).map(Number)
const RUNS = 7
const NOW = Date.UTC(2026, 0, 1)
const FORMAT = `%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i" %D`

const signal = (name: string, where: string, more: Partial<Signal<Query>> = {}): Signal<Query> => ({
  name,
  where: parseQuery(where),
  by: [],
  step: SECOND,
  fine: MINUTE,
  back: 2 * HOUR + MINUTE,
  limit: 1000,
  lines: 0,
  ...more
})
const text = (field: string): Partial<Signal<Query>> => ({ value: { field, as: 'text' } })
const TYPICAL: readonly Signal<Query>[] = [
  signal('server-errors', 'status:>=500', { lines: 5 }),
  signal('server-errors/of', 'kind:access'),
  ...['client', 'path', 'agent', 'vhost'].map(field =>
    signal(`server-errors/${field}`, 'status:>=500', text(field))
  ),
  signal('brute-force', 'status:401', { by: ['client'], lines: 5 }),
  signal('traffic', '', { by: ['vhost'] }),
  signal('clients', '', text('client')),
  signal('slow', 'duration:*', { by: ['vhost'], value: { field: 'duration', as: 'bucket' } }),
  signal('sent', 'bytes_out:*', { by: ['vhost'], measure: 'bytes_out' }),
  signal('probes', 'path:(*/.env OR */wp-login.php OR */.git/*)', { by: ['client'], lines: 5 }),
  signal('fatal', 'level:(crit OR alert OR emerg)', { lines: 5 }),
  signal('new-messages', 'kind:error', { ...text('signature'), lines: 1 })
]

function logOf(end: number): Buffer {
  const format = formatFor(FORMAT)
  const random = seeded(1)
  const skewed = (most: number): number => Math.floor(most * random() ** 3)
  return Buffer.from(
    Array.from({ length: lines }, (_, i) => {
      const visitor = skewed(20_000)
      return `${format.print({
        time: Math.floor((end - ((lines - i) / rate) * SECOND_MS) / SECOND_MS) * SECOND,
        zone: 0,
        vhost: `www${skewed(8)}.example.org`,
        port: 443,
        client: `10.${visitor >> 16}.${(visitor >> 8) & 255}.${visitor & 255}`,
        ident: null,
        user: null,
        method: 'GET',
        path: `/item/${skewed(3000)}`,
        query: null,
        protocol: 'HTTP/1.1',
        status: random() < 0.02 ? 500 : random() < 0.02 ? 401 : 200,
        bytes_out: 200 + skewed(50_000),
        referrer: `https://example.org/item/${skewed(3000)}`,
        agent: `Mozilla/5.0 (X11; Linux x86_64) Chrome/${visitor % 300}.0 Safari/537.36`,
        duration: 1000 + skewed(2_000_000)
      })}\n`
    }).join('')
  )
}

/** Lines a second, and cells of signals. */
function measure(
  pieces: readonly Buffer[],
  signals: readonly Signal<Query>[]
): [rate: number, cells: number] {
  const source = { name: 'bench', options: { type: 'stdin' }, format: FORMAT, zone: 'UTC', known: [] }
  const plan = {
    name: 'bench',
    sources: [source],
    window: 10 * SECOND,
    lateness: MINUTE,
    aging: true,
    country: true,
    limit: 1000,
    signals
  }
  const stream = new QueueStream('bench', 'bench')
  const reader = new StreamReader(stream, {
    plan,
    source,
    pipelines: pipelinesOf(plan, source),
    fineClock: () => performance.now()
  })
  let [read, cells] = [0, 0]
  const start = performance.now()
  for (const piece of pieces) {
    stream.push(piece)
    while (stream.pending > 0) {
      const { progress } = reader.step(NOW)
      read += progress?.counters.read ?? 0
      if (progress?.signals) cells += structuredClone(progress.signals).rows.length
    }
  }
  return [read / ((performance.now() - start) / SECOND_MS), cells]
}

/** The log in pieces of so many lines. */
function cut(log: Buffer, lines: number): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0; at < log.length;) {
    let end = at
    for (let i = 0; i < lines && end < log.length; i++) end = log.indexOf(10, end) + 1
    pieces.push(log.subarray(at, end))
    at = end
  }
  return pieces
}

const CONTENDERS: readonly (readonly [string, readonly Signal<Query>[]])[] = [
  ['none', []],
  ['typical', TYPICAL],
  ['ready-made rules', rulesOf(alertsOptions.parse({})).flatMap(signalsOf)]
]
const [fresh, old] = [logOf(NOW), logOf(NOW - 30 * DAY_MS)]
for (const [name, pieces] of [
  ['live', cut(fresh, Math.ceil(rate / 100))],
  ['backlog', [fresh]],
  ['old backlog', [old]]
] as const) {
  const rates = CONTENDERS.map((): number[] => [])
  const cells: number[] = []
  for (let run = 0; run < RUNS; run++)
    CONTENDERS.forEach(([, signals], i) => {
      const [rate, made] = measure(pieces, signals)
      rates[i]?.push(rate)
      cells[i] = made
    })
  const medians = rates.map(all => all.toSorted((a, b) => a - b)[RUNS >> 1] ?? 0)
  const results = CONTENDERS.map(([of, signals], i) => {
    const [rate = 0, none = 0] = [medians[i], medians[0]]
    const less = Math.round(100 * (1 - rate / none))
    return `${of}: ${Math.round(rate / 1000)}k lines/s, ${less} % less, ${Math.round(1e9 / rate - 1e9 / none)} ns a line (${signals.length} signals, ${cells[i]} cells)`
  })
  console.log([`${name}:`, ...results].join('\n  '))
}
