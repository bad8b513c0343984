import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApp } from '../../app/index.ts'
import type { Kind } from '../../core/fields.ts'
import type { Sink } from '../../core/sink.ts'
import { HOUR_MS, toMicros } from '../../core/time.ts'
import { formatFor } from '../../formats/index.ts'
import { cellStart, compose } from '../../generator/compose.ts'
import { demoScenario } from '../../generator/demo.ts'
import { generate } from '../../generator/generate.ts'
import { LineMaker } from '../../generator/maker.ts'
import { openSink } from '../../sinks/index.ts'
import { print, type Context } from '../context.ts'
import { follow } from '../follow.ts'
import type { DemoOptions } from './options.ts'
import { FORMATS, KINDS, offsetsOf, madeUpConfig } from '../made-up.ts'

/** How far back the made-up site has logs already. */
const HISTORY = HOUR_MS

/** Writes logs into a temporary folder and watches them until the context's signal aborts. */
export async function runDemo({ host, port, rate }: DemoOptions, context: Context): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'visor-demo-'))
  const done = new AbortController()
  let writing: Promise<unknown> | undefined
  try {
    const paths = { access: join(folder, 'access.log'), error: join(folder, 'error.log') }
    for (const path of Object.values(paths)) writeFileSync(path, '')
    const { stdout } = context
    const config = madeUpConfig(paths, { host, port }, folder)
    const app = await startApp(config, { store: true, clock: Date.now, stdout })
    await print(context.stdout, `visor: demo with about ${rate} lines a second in ${folder}\n`)
    await print(context.stdout, `visor: live at ${app.address}\n`)
    const signal = AbortSignal.any([context.signal, done.signal])
    writing = write(paths, rate, signal).finally(() => done.abort())
    // Thrown when it is waited for.
    writing.catch(() => {})
    await follow(app, { ...context, signal })
  } finally {
    done.abort()
    await writing
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Writes the site's logs until the signal aborts; the past first. */
async function write(
  paths: { access: string; error: string },
  rate: number,
  signal: AbortSignal
): Promise<void> {
  const dependencies = { signal, clock: Date.now, stdout: process.stdout }
  const beginning = {
    seed: Date.now(),
    start: cellStart(toMicros(Date.now() - HISTORY)),
    kinds: new Set(KINDS),
    zone: offsetsOf()
  }
  const sinks = new Map<Kind, Sink>()
  for (const kind of KINDS) sinks.set(kind, await openSink(paths[kind], {}, dependencies))
  const { traffic } = compose(demoScenario(rate), beginning)
  const logs = KINDS.map(kind => ({ kind, format: formatFor(FORMATS[kind]), framed: false }))
  const maker = new LineMaker({ traffic, logs, limit: Infinity, zone: beginning.zone })
  await generate({ ...beginning, maker, sinks, end: Infinity, due: () => toMicros(Date.now()), signal })
    .catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
    .finally(() => Promise.all(Array.from(sinks.values(), sink => sink.close())))
}
