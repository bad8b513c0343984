import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApp } from '../../app/index.ts'
import { HOUR_MS, toMicros } from '../../core/time.ts'
import { cellStart } from '../../generator/compose.ts'
import { demoScenario } from '../../generator/demo.ts'
import { print, type Context } from '../context.ts'
import { follow } from '../follow.ts'
import { madeUpConfig, madeUpTraffic, openLogs } from '../made-up.ts'
import type { DemoOptions } from './options.ts'

/** How far back the made-up site has logs already. */
const HISTORY = HOUR_MS

/** Writes logs into a temporary folder and watches them until the context's signal aborts. */
export async function runDemo({ host, port, rate }: DemoOptions, context: Context): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'visor-demo-'))
  const done = new AbortController()
  let writing: Promise<unknown> | undefined
  try {
    for (const name of ['access.log', 'error.log']) writeFileSync(join(folder, name), '')
    const { stdout } = context
    const config = madeUpConfig(folder, { page: { host, port } })
    const app = await startApp(config, { store: true, clock: Date.now, stdout })
    await print(stdout, `visor: demo with about ${rate} lines a second in ${folder}\n`)
    await print(stdout, `visor: live at ${app.address}\n`)
    const signal = AbortSignal.any([context.signal, done.signal])
    writing = write(folder, rate, { stdout, signal }).finally(() => done.abort())
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
  folder: string,
  rate: number,
  context: Pick<Context, 'signal' | 'stdout'>
): Promise<void> {
  const from = Date.now() - HISTORY
  const traffic = madeUpTraffic(demoScenario(rate), Date.now(), cellStart(toMicros(from)))
  const logs = await openLogs(folder, traffic, context)
  await logs
    .write({ from, to: Infinity, due: Date.now })
    .catch((error: unknown) => {
      if (!context.signal.aborted) throw error
    })
    .finally(() => logs.close())
}
