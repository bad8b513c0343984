/** Random lines and signals, and what a reader counts. */
import fc from 'fast-check'
import type { LogEvent } from '../../core/fields.ts'
import type { SignalDelta, Signal } from '../../core/signal.ts'
import { HOUR, MINUTE, SECOND, toMicros, toMillis } from '../../core/time.ts'
import { formatsFor } from '../../formats/index.ts'
import { ACCESS_FORMAT, SOURCE } from '../../query/testing/cases.ts'
import { EVERYTHING, parseQuery, type Queried, type Query } from '../../query/index.ts'
import { queries } from '../../query/testing/random.ts'
import { QueueStream } from '../../sources/queue.ts'
import { pipelinesOf } from '../slots.ts'
import { StreamReader } from '../reader.ts'

/** When the lines were written. */
export const START = toMicros(Date.UTC(2026, 0, 1))

/** Formats, one a line where a log has several. */
export const LOGS = [
  `${ACCESS_FORMAT}\nerror24`,
  'combined',
  'json time=time client=client method=method path=path status=status bytes_out=bytes duration=duration agent=agent'
]

/** What the fields of random lines hold; few values, so that they meet. */
const VALUES: Readonly<Record<string, fc.Arbitrary<string | number | null>>> = {
  client: fc.constantFrom('10.0.0.1', '10.0.0.2', '2001:db8::1', 'example.net'),
  method: fc.constantFrom('GET', 'POST'),
  path: fc.constantFrom('/', '/api/users', '/café/100%', '/a"b\\c'),
  protocol: fc.constant('HTTP/1.1'),
  status: fc.constantFrom(200, 404, 500, 503),
  bytes: fc.constantFrom(0, 12, 5124, null),
  bytes_out: fc.constantFrom(0, 12, 5124, 70_000),
  duration: fc.oneof(fc.constantFrom(0, 1, 1500, 250_000), fc.nat(2_000_000)),
  agent: fc.constantFrom(
    'curl/7.1 [Bot]',
    'Googlebot/2.1',
    'Mozilla/5.0 (X11; Linux) Chrome/130',
    '["a\\"]',
    null
  ),
  vhost: fc.constantFrom('example.org', 'shop.example.org'),
  port: fc.constantFrom(80, 443),
  user: fc.constantFrom('alice', null),
  'header.x-id': fc.constantFrom('7', null),
  level: fc.constantFrom('error', 'crit', 'notice'),
  module: fc.constant('core'),
  pid: fc.constantFrom(12, 4_000_000),
  tid: fc.constantFrom(34, 139_983_264),
  client_port: fc.constantFrom(55_512, 1024),
  message: fc.constantFrom(
    'AH00037: Symbolic link not allowed: /var/www/1',
    'AH00037: Symbolic link not allowed: /var/www/22',
    'oops'
  )
}

/** A line, and its fields. */
export interface RandomLine {
  readonly text: string
  readonly event: Queried
}

/** Lines of a log, of three minutes. */
export function linesOf(log: string): fc.Arbitrary<RandomLine[]> {
  const formats = formatsFor(log).map(format => {
    const fields = fc.record(
      Object.fromEntries(format.fields.map(field => [field, VALUES[field] ?? fc.constant(null)]))
    )
    return fc.tuple(fc.nat(180), fields).map(([second, values]): RandomLine => {
      const event: LogEvent = { ...values, time: START + second * SECOND, zone: 0 }
      return { text: `${format.print(event)}\n`, event: { ...event, source: SOURCE, kind: format.kind } }
    })
  })
  return fc.array(fc.oneof(...formats), { maxLength: 60 })
}

const WHERE = [
  'status:>=500',
  'kind:error',
  'client:10.0.0.1',
  'bot:* OR level:crit',
  'NOT path:/ duration:>1ms'
].map(text => parseQuery(text))
const BY = [
  'client',
  'vhost',
  'status',
  'browser',
  'source',
  'kind',
  'path',
  'signature',
  'tid',
  'header.x-id',
  'cookie.none'
]
const VALUE = [
  'client',
  'agent',
  'bot',
  'duration',
  'status',
  'bytes_out',
  'tid',
  'source',
  'level',
  'cookie.none'
]

/** Signals that count all that passes, however many keys there are. */
export const someSignals: fc.Arbitrary<Signal<Query>> = fc.record(
  {
    name: fc.constantFrom('a', 'b/c'),
    where: fc.oneof(fc.constant(EVERYTHING), fc.constantFrom(...WHERE), queries),
    by: fc.uniqueArray(fc.constantFrom(...BY), { maxLength: 3 }),
    value: fc.record({ field: fc.constantFrom(...VALUE), as: fc.constantFrom('text', 'bucket') }),
    measure: fc.constantFrom('bytes_out', 'duration', 'client', 'bytes_in'),
    step: fc.constantFrom(SECOND, 10 * SECOND, MINUTE),
    fine: fc.constant(HOUR),
    back: fc.constant(HOUR),
    limit: fc.constant(1000),
    lines: fc.nat(3)
  },
  { requiredKeys: ['name', 'where', 'by', 'step', 'fine', 'back', 'limit', 'lines'] }
)

/** What a reader counts of text that comes in pieces, step by step; `now` in microseconds. */
export function deltasOf(
  log: string,
  pieces: readonly (string | Uint8Array)[],
  signals: readonly Signal<Query>[],
  now = START + HOUR / 2,
  aging = false
): SignalDelta[] {
  const source = { name: SOURCE, options: { type: 'stdin' }, format: log, zone: 'UTC', known: [] }
  const plan = {
    name: 'test',
    sources: [source],
    window: 10 * SECOND,
    lateness: MINUTE,
    aging,
    country: true,
    limit: 100,
    signals
  }
  const stream = new QueueStream('test', 'test')
  const reader = new StreamReader(stream, {
    plan,
    source,
    pipelines: pipelinesOf(plan, source),
    fineClock: () => toMillis(now)
  })
  return [...pieces, ''].flatMap((piece, i) => {
    stream.push(Buffer.from(piece))
    stream.finished = i === pieces.length
    return reader.step(toMillis(now)).progress?.signals ?? []
  })
}
