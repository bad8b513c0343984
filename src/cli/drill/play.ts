import { startApp } from '../../app/index.ts'
import { SECOND_MS, toMicros, toMillis, type Millis } from '../../core/time.ts'
import { cellStart } from '../../generator/compose.ts'
import type { Scenario } from '../../generator/scenario.ts'
import type { DrillOptions } from './options.ts'
import type { Context } from '../context.ts'
import { filesIn, madeUpConfig, madeUpTraffic, openLogs } from '../made-up.ts'
import { ScenarioClock } from './clock.ts'
import { firedOf } from './fired.ts'
import { countOf, followReading, waitUntilStored, watch } from './monitor.ts'
import { resultOf, type Result } from './result.ts'
import { Expectations } from './tally.ts'

export interface PlannedDrill {
  readonly scenario: Scenario
  readonly lasting: Millis
}

/**
 * Writes a scenario's logs into a folder and watches them, calm traffic first; returns how the monitor did. `engine` is that of the
 * configuration.
 */
export async function play(
  { scenario, lasting }: PlannedDrill,
  folder: string,
  { speed, warmUp, seed: given }: DrillOptions,
  context: Context,
  engine: unknown = {}
): Promise<Result> {
  // It ends at the present, however fast it goes.
  const begin = toMillis(cellStart(toMicros(Date.now() - lasting * (1 - 1 / speed))))
  const end = begin + lasting
  const clock = new ScenarioClock(begin, end, speed)
  const seed = given ?? scenario.seed ?? Math.floor(Math.random() * 2 ** 32)
  // Calm lines come before it begins.
  const incidents = scenario.incidents.map(one => ({ ...one, at: one.at + warmUp }))
  const composition = madeUpTraffic({ ...scenario, incidents }, seed, toMicros(begin - warmUp))
  const tally = new Expectations(composition.incidents)
  const place = filesIn(folder)
  const config = madeUpConfig(folder, place, {
    page: { host: '127.0.0.1', port: 0 },
    engine,
    // A notification of each alert is sent, however many there are.
    receivers: { mailbox: { type: 'mailbox', rateLimit: { count: 1_000_000 } } }
  })
  const app = await startApp(config, {
    store: true,
    clock: Date.now,
    alertClock: () => clock.now(),
    tick: Math.min(500, Math.max(20, (2 * SECOND_MS) / speed)),
    stdout: context.stdout
  })
  try {
    const writer = await openLogs(place, composition, context, tally)
    await writer.write({ from: begin - warmUp, to: begin, due: () => begin })
    await waitUntilStored(app, writer.written(), context.signal)
    const watching = watch(app, tally)
    const reading = followReading(app, writer, clock)
    clock.begin()
    await writer.write({ from: begin, to: end, due: () => clock.due(), out: time => reading.out(time) })
    await writer.close()
    await waitUntilStored(app, writer.written(), context.signal)
    reading.stop()
    await watching.stop()
    await waitUntilStored(app, writer.written(), context.signal)
    const counted = await Promise.all(tally.expected.map(async one => countOf(app, one)))
    const { read } = app.status().counters
    return resultOf(tally.expected, counted, firedOf(app.alerts, clock), { begin, lasting, lines: read })
  } finally {
    await app.stop()
  }
}
