import { join } from 'node:path'
import { startApp } from '../../app/index.ts'
import { receiversSetting } from '../../config/receivers.ts'
import type { Config } from '../../config/schema.ts'
import { SECOND_MS, toMicros, toMillis, type Millis } from '../../core/time.ts'
import { cellStart, compose, type Composition } from '../../generator/compose.ts'
import type { Scenario } from '../../generator/scenario.ts'
import type { DrillOptions } from './options.ts'
import type { Context } from '../context.ts'
import { KINDS, offsetsOf, madeUpConfig } from '../made-up.ts'
import { ScenarioClock } from './clock.ts'
import { firedOf } from './fired.ts'
import { countOf, ReadingProgress, waitUntilStored, watch } from './monitor.ts'
import { resultOf, type Result } from './result.ts'
import { Expectations } from './tally.ts'
import { ScenarioWriter } from './write.ts'

export interface PlannedDrill {
  readonly scenario: Scenario
  readonly lasting: Millis
}

/** Writes a scenario's logs into a folder and watches them, calm traffic first; returns how the monitor did. */
export async function play(
  { scenario, lasting }: PlannedDrill,
  folder: string,
  { speed, warmUp, seed: given }: DrillOptions,
  context: Context
): Promise<Result> {
  const paths = { access: join(folder, 'access.log'), error: join(folder, 'error.log') }
  // It ends at the present, however fast it goes.
  const begin = toMillis(cellStart(toMicros(Date.now() - lasting * (1 - 1 / speed))))
  const end = begin + lasting
  const clock = new ScenarioClock(begin, end, speed)
  const seed = given ?? scenario.seed ?? Math.floor(Math.random() * 2 ** 32)
  const composition = composed(scenario, { begin, warmUp, seed })
  const tally = new Expectations(composition.incidents)
  const app = await startApp(configOf(paths, folder), {
    store: true,
    clock: Date.now,
    alertClock: () => clock.now(),
    tick: Math.min(500, Math.max(20, (2 * SECOND_MS) / speed)),
    stdout: context.stdout
  })
  try {
    const writer = await ScenarioWriter.open(composition, paths, tally, context)
    await writer.write({ from: begin - warmUp, to: begin, due: () => begin })
    await waitUntilStored(app, writer.written, context.signal)
    const watching = watch(app, tally)
    const reading = new ReadingProgress(app, writer, clock)
    clock.begin()
    await writer.write({ from: begin, to: end, due: () => clock.due(), out: time => reading.out(time) })
    await writer.close()
    await waitUntilStored(app, writer.written, context.signal)
    reading.stop()
    await watching.stop()
    await waitUntilStored(app, writer.written, context.signal)
    const counted = await Promise.all(tally.expected.map(async one => countOf(app, one)))
    const { read } = app.status().counters
    return resultOf(tally.expected, counted, firedOf(app.alerts, clock), { begin, lasting, lines: read })
  } finally {
    await app.stop()
  }
}

interface Beginning {
  readonly begin: Millis
  readonly warmUp: Millis
  readonly seed: number
}

/** The lines of a scenario, and calm ones before it begins. */
function composed(scenario: Scenario, { begin, warmUp, seed }: Beginning): Composition {
  const incidents = scenario.incidents.map(one => ({ ...one, at: one.at + warmUp }))
  const start = toMicros(begin - warmUp)
  return compose({ ...scenario, incidents }, { seed, start, zone: offsetsOf(), kinds: new Set(KINDS) })
}

/** Watches the logs, and sends a notification of each alert however many there are. */
function configOf(paths: { access: string; error: string }, folder: string): Config {
  const config = madeUpConfig(paths, { host: '127.0.0.1', port: 0 }, folder)
  return {
    ...config,
    receivers: receiversSetting().parse({ mailbox: { type: 'mailbox', rateLimit: { count: 1_000_000 } } })
  }
}
