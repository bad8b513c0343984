import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { startApp, type App } from '../../app/index.ts'
import { VisorError } from '../../core/errors.ts'
import type { Kind } from '../../core/fields.ts'
import type { Sink } from '../../core/sink.ts'
import { formatFor } from '../../formats/index.ts'
import { cellOf, compose, type Composition } from '../../generator/compose.ts'
import { generate } from '../../generator/generate.ts'
import { LineMaker } from '../../generator/maker.ts'
import type { Scenario } from '../../generator/scenario.ts'
import type { CountAnswer } from '../../server/contract.ts'
import { openSink } from '../../sinks/index.ts'
import type { DrillCommand } from '../commands/drill.ts'
import { print, type Context } from '../context.ts'
import { FORMATS, KINDS, localOffset, madeUpConfig } from '../made-up.ts'
import { readScenario } from '../generate/scenario.ts'
import { scoreOf, scoreTable, type Score } from './score.ts'
import { Tally, type Expected } from './tally.ts'

/** Milliseconds between two looks at what the monitor has counted. */
const LOOK = 25

/** How long the monitor may take to read what is left, in milliseconds. */
const PATIENCE = 60_000

/** What follows the last incident of a scenario that tells no duration, in milliseconds. */
const REST = 5000

/** `visor drill`: writes and watches a scenario's logs, and prints how the monitor did. */
export async function runDrill(file: string, options: DrillCommand, context: Context): Promise<void> {
  const told = readScenario(file)
  if (told.classic || told.scenario.incidents.length === 0)
    throw new VisorError('SCENARIO', `${file} names no incidents, so there is nothing to find`)
  const folder = mkdtempSync(join(tmpdir(), 'visor-drill-'))
  try {
    const scores = await drill(told.scenario, folder, options, context)
    await print(context.stdout, options.json ? `${JSON.stringify(scores, null, 2)}\n` : scoreTable(scores))
    if (scores.some(score => score.missed + score.false > 0)) context.exitCode = 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function drill(
  scenario: Scenario,
  folder: string,
  options: DrillCommand,
  context: Context
): Promise<Score[]> {
  const paths = { access: join(folder, 'access.log'), error: join(folder, 'error.log') }
  const lasting = scenario.duration ?? Math.max(...scenario.incidents.map(one => one.at + one.for)) + REST
  const { speed } = options
  // It ends at the present, however fast it goes.
  const start = cellOf((Date.now() - lasting * (1 - 1 / speed)) * 1000)
  const seed = options.seed ?? scenario.seed ?? Math.floor(Math.random() * 2 ** 32)
  const zone = localOffset()
  const beginning = { seed, start, zone, kinds: new Set(KINDS) }
  const composition = compose(scenario, beginning)
  const tally = new Tally(composition.incidents)
  const app = await startApp(madeUpConfig(paths, { host: '127.0.0.1', port: 0 }, folder), {
    store: true,
    clock: Date.now
  })
  try {
    const ended = new AbortController()
    const watching = watch(app, tally, ended.signal)
    const written = await write(composition, paths, { start, lasting, speed, zone }, tally, context)
    await settled(app, written, context.signal)
    ended.abort()
    await watching
    return await Promise.all(tally.expected.map(async one => scoreOf(one, await countOf(app, one))))
  } finally {
    await app.stop()
  }
}

interface Timing {
  readonly start: number
  readonly lasting: number
  readonly speed: number
  readonly zone: (time: number) => number
}

/** Writes the logs; returns how many lines. */
async function write(
  { traffic }: Composition,
  paths: Readonly<Record<Kind, string>>,
  { start, lasting, speed, zone }: Timing,
  tally: Tally,
  { signal, stdout }: Context
): Promise<number> {
  const world = { signal, clock: Date.now, stdout }
  const sinks = new Map<Kind, Sink>()
  for (const kind of KINDS) {
    const sink = await openSink(paths[kind], {}, world)
    sinks.set(
      kind,
      noticed(sink, lines => tally.wrote(kind, lines, performance.now()))
    )
  }
  const logs = KINDS.map(kind => ({ kind, format: formatFor(FORMATS[kind]), framed: false }))
  const maker = new LineMaker({ traffic, logs, limit: Infinity, zone, truth: tally })
  const began = performance.now()
  const due = (): number => start + (performance.now() - began) * 1000 * speed
  const end = cellOf(start + lasting * 1000)
  await generate({ maker, sinks, start, end, due, signal })
  await Promise.all(Array.from(sinks.values(), sink => sink.close()))
  signal.throwIfAborted()
  return Array.from(sinks.values()).reduce((sum, { written }) => sum + written, 0)
}

/** The sink, and word of how many lines are out behind each write. */
function noticed(sink: Sink, wrote: (lines: number) => void): Sink {
  return {
    name: sink.name,
    framed: sink.framed,
    get written() {
      return sink.written
    },
    async write(lines) {
      await sink.write(lines)
      wrote(sink.written)
    },
    async close() {
      await sink.close()
      wrote(sink.written)
    }
  }
}

/** Looks again and again how much the monitor has counted of what is being waited for. */
async function watch(app: App, tally: Tally, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    for (const one of tally.expected)
      if (one.waiting.length > 0) tally.counted(one, await countOf(app, one), performance.now())
    await wait(LOOK, undefined, { signal }).catch(() => {})
  }
}

/** Resolves once the monitor has stored so many lines, or has had its time. */
async function settled(app: App, lines: number, signal: AbortSignal): Promise<void> {
  const until = performance.now() + PATIENCE
  for (;;) {
    const { store, books } = app.status()
    if (store.rows + books.rejected >= lines || performance.now() > until) return
    await wait(LOOK, undefined, { signal })
  }
}

/** How many lines of an incident the monitor has counted, as it tells anybody who asks. */
async function countOf(app: App, { planned, from, to }: Expected): Promise<number> {
  const { query } = planned.incident
  const asked = new URLSearchParams({ q: query, from: String(from / 1000), to: String(to / 1000), by: 'day' })
  const answer = await fetch(new URL(`api/count?${asked.toString()}`, app.address))
  if (!answer.ok) throw new Error(`the monitor does not answer: ${answer.status} ${await answer.text()}`)
  const { counts }: CountAnswer = JSON.parse(await answer.text())
  return counts.reduce((sum, { count }) => sum + count, 0)
}
