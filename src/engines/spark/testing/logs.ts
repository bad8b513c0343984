/** Random logs: good lines of several formats, lines that go on, and whatever else may stand in a log. */
import fc from 'fast-check'
import { linesOf, LOGS, someSignals, START } from '../../../counting/testing/signals.ts'
import { formatsFor } from '../../../formats/index.ts'
import { MINUTE, SECOND, toMillis } from '../../../core/time.ts'
import type { Job } from '../protocol.ts'
import type { Arrival, Streams } from './arrivals.ts'

const W3C = '#Fields: date time c-ip cs-method cs-uri-stem sc-status'

/** Lines of the extended log format, and lines that change its fields. */
const w3cLines = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.nat(180).map(second => `${clock(second)} 10.0.0.${second % 9} GET /${second % 5} 404\n`)
    },
    { weight: 4, arbitrary: fc.nat(180).map(second => `${clock(second)} 500 10.0.0.${second % 9}\n`) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        `${W3C}\n`,
        '#Fields: date time sc-status c-ip\n',
        '#Software: IIS\n',
        '#Fields: nonsense\n'
      )
    }
  ),
  { maxLength: 60 }
)

function clock(second: number): string {
  return new Date(toMillis(START) + 1000 * second).toISOString().slice(0, 19).replace('T', ' ')
}

/** What no format asks for. */
const oddLines = fc.oneof(
  fc.constantFrom(
    '\n',
    '\r\n',
    '    at com.example.Shop.buy(Shop.java:17)\n',
    'Caused by: java.lang.IllegalStateException: no\n',
    '\ttrace\r\n',
    'AH00094: Command line: httpd\n',
    // Registered somewhere.
    '193.0.6.139 - - [01/Jan/2026:00:01:00 +0000] "GET /ripe HTTP/1.1" 200 12 "-" "Mozilla/5.0 (X11; Linux) Firefox/130"\n',
    '2001:500:88:200::8 - - [01/Jan/2026:00:01:00 +0000] "GET /arin HTTP/1.1" 200 12 "-" "curl/8"\n',
    '\0\0\0\0\n',
    `${'long '.repeat(400)}\n`
  ),
  fc.uint8Array({ maxLength: 40 }).map(bytes => Buffer.from(bytes).toString('latin1')),
  fc.uint8Array({ maxLength: 40 }).map(bytes => `${Buffer.from(bytes).toString('latin1')}\n`)
)

/** A log as bytes: most of its lines as they should be, some with a carriage return. */
function bytesOf(lines: fc.Arbitrary<readonly string[]>): fc.Arbitrary<Buffer> {
  return fc
    .tuple(lines, fc.array(fc.tuple(fc.nat(), fc.oneof(oddLines, fc.constant(undefined))), { maxLength: 12 }))
    .map(([good, odd]) => {
      const all = good.map(line => Buffer.from(line))
      for (const [at, line] of odd) {
        const place = at % (all.length + 1)
        if (line !== undefined) all.splice(place, 0, Buffer.from(line, 'latin1'))
        else if (all[place])
          all[place] = Buffer.from(all[place].toString('latin1').replace(/\n$/, '\r\n'), 'latin1')
      }
      return Buffer.concat(all)
    })
}

/** What is read: the text of its format, where one is configured, and what its streams bring. */
export interface RandomLog {
  readonly format: string | undefined
  readonly streams: readonly Buffer[]
}

const texts = (log: string): fc.Arbitrary<string[]> =>
  linesOf(log).map(lines => lines.map(({ text }) => text))

function streamsOf(lines: fc.Arbitrary<readonly string[]>): fc.Arbitrary<Buffer[]> {
  return fc.array(bytesOf(lines), { minLength: 1, maxLength: 3 })
}

export const randomLogs: fc.Arbitrary<RandomLog> = fc.oneof(
  ...[...LOGS, 'error24'].map(log =>
    fc.record({ format: fc.constantFrom(log, undefined), streams: streamsOf(texts(log)) })
  ),
  fc.record({ format: fc.constantFrom(W3C, undefined), streams: streamsOf(w3cLines) })
)

/** The same with a format, and with a line that has a time first: what others date from must not depend on cuts. */
export const timedLogs: fc.Arbitrary<RandomLog> = randomLogs
  .filter(({ format }) => format !== undefined)
  .map(({ format, streams }) => {
    const [first] = formatsFor(format ?? '')
    const line = `${first?.print({ time: START, zone: 0, message: 'begins', path: '/', client: '10.0.0.1' })}\n`
    return { format, streams: streams.map(bytes => Buffer.concat([Buffer.from(line), bytes])) }
  })

/** How bytes of streams come in: cuts, who comes with whom, and how much time passes between. */
export interface Cuts {
  readonly arrivals: readonly { readonly pause: number; readonly sizes: readonly number[] }[]
}

export const randomCuts: fc.Arbitrary<Cuts> = fc.record({
  arrivals: fc.array(
    fc.record({
      /** Milliseconds: none, shorter and longer than a line is held, longer than a window waits. */
      pause: fc.constantFrom(0, 5, 19, 20, 500, 30_000, 200_000),
      sizes: fc.array(fc.oneof(fc.nat(300), fc.constant(0)), { minLength: 1, maxLength: 3 })
    }),
    { maxLength: 20 }
  )
})

/** The arrivals of a log; its rest comes last, and ends all of its streams. `still`: the clock stands. */
export function arrivalsOf({ streams }: RandomLog, { arrivals }: Cuts, still = false): Arrival[] {
  const done = streams.map(() => 0)
  let now = toMillis(START + 4 * MINUTE)
  const pieces = (sizes: readonly number[], finished: boolean): Arrival['pieces'] =>
    sizes.slice(0, streams.length).map((size, stream) => {
      const from = done[stream]!
      const to = Math.min(streams[stream]!.length, from + size)
      done[stream] = to
      return { stream, bytes: streams[stream]!.subarray(from, to), finished }
    })
  const all = arrivals.map(({ pause, sizes }) => {
    if (!still) now += pause
    return { now, pieces: pieces(sizes, false) }
  })
  return [
    ...all,
    {
      now,
      pieces: pieces(
        streams.map(() => Infinity),
        true
      )
    }
  ]
}

export const randomSettings = fc.record({
  uniform: fc.boolean(),
  replayable: fc.boolean(),
  maxLineBytes: fc.constantFrom(400, 1 << 20),
  events: fc.boolean(),
  aging: fc.boolean(),
  limit: fc.constant<number>(1000),
  lateness: fc.constantFrom(0, 10 * SECOND, MINUTE),
  signals: fc.uniqueArray(someSignals, { maxLength: 2, selector: ({ name }) => name })
})

export type Settings = typeof randomSettings extends fc.Arbitrary<infer One> ? One : never

export function jobOf({ format }: RandomLog, { events, aging, limit, lateness, signals }: Settings): Job {
  const source = {
    name: 'web',
    options: { type: 'stdin' },
    zone: 'UTC',
    known: [],
    ...(format !== undefined && { format })
  }
  const plan = {
    name: 'test',
    sources: [source],
    window: 10 * SECOND,
    lateness,
    aging,
    country: true,
    limit,
    signals
  }
  return JSON.parse(JSON.stringify({ plan, events }))
}

export function streamsIn({ streams }: RandomLog, { uniform, replayable, maxLineBytes }: Settings): Streams {
  return { count: streams.length, uniform, replayable, maxLineBytes }
}
