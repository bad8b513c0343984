import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApp } from '../../app/index.ts'
import { isLoopback } from '../../core/address.ts'
import { HOUR_MS, toMicros } from '../../core/time.ts'
import { cellStart } from '../../generator/compose.ts'
import { visible } from '../../core/visible.ts'
import { demoScenario } from '../../generator/demo.ts'
import { unbracketed } from '../../server/hosts.ts'
import { openState } from '../../state/index.ts'
import { print, type Context } from '../context.ts'
import { follow } from '../follow.ts'
import { ownLog } from '../log.ts'
import { printingBeside } from '../printer.ts'
import { filesIn, madeUpConfig, madeUpTraffic, openLogs, type MadeUpPlace } from '../made-up.ts'
import type { DemoOptions } from './options.ts'
import type { DemoStage } from './spark.ts'

/** How far back the made-up site has logs already. */
const HISTORY = HOUR_MS

/** Writes made-up traffic and watches it until the context's signal aborts. */
export async function runDemo(options: DemoOptions, context: Context): Promise<void> {
  return printingBeside(context, (beside, prints) => demo(options, beside, prints))
}

async function demo(options: DemoOptions, context: Context, prints: () => readonly string[]): Promise<void> {
  const { host, port, rate } = options
  const folder = mkdtempSync(join(tmpdir(), 'visor-demo-'))
  const done = new AbortController()
  let writing: Promise<unknown> | undefined
  try {
    await using stage = await openStage(options, folder, context)
    try {
      const { stdout } = context
      const isOwn = isLoopback(unbracketed(host))
      const config = madeUpConfig(folder, stage.place, {
        page: { host, port, access: isOwn ? 'loopback' : 'token' },
        ...(stage.engine !== undefined && { engine: stage.engine })
      })
      const signing = isOwn
        ? `to acknowledge or silence, sign in: visor login --store ${config.store.path}`
        : `the page listens on ${visible(host)}; sign in with the token ${demoToken(config.store.path)}`
      const log = ownLog(config.log, context)
      const app = await startApp(config, { store: true, clock: Date.now, stdout, prints })
      for (const line of stage.lines) await print(stdout, `visor: ${line}\n`)
      await print(stdout, `visor: live at ${app.address}\nvisor: ${signing}\n`)
      const signal = AbortSignal.any([context.signal, done.signal])
      writing = write(stage.place, rate, { stdout, signal }).finally(() => done.abort())
      // Thrown when it is waited for.
      writing.catch(() => {})
      await follow(app, { ...context, signal }, log)
    } finally {
      done.abort()
      await writing
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A token for who looks from elsewhere, as long as the demo lasts. */
function demoToken(store: string): string {
  const state = openState(store)
  try {
    return state.addToken({ name: 'demo', role: 'admin', created: Date.now() }) ?? ''
  } finally {
    state.close()
  }
}

async function openStage(
  { engine, rate }: DemoOptions,
  folder: string,
  context: Context
): Promise<DemoStage> {
  if (engine === 'spark') return (await import('./spark.ts')).openSparkStage(rate, folder, context)
  for (const name of ['access.log', 'error.log']) writeFileSync(join(folder, name), '')
  const lines = [`demo with about ${rate} lines a second in ${folder}`]
  return { place: filesIn(folder), lines, [Symbol.asyncDispose]: async () => {} }
}

/** Writes the site's logs until the signal aborts; the past first. */
async function write(
  place: MadeUpPlace,
  rate: number,
  context: Pick<Context, 'signal' | 'stdout'>
): Promise<void> {
  const from = Date.now() - HISTORY
  const traffic = madeUpTraffic(demoScenario(rate), Date.now(), cellStart(toMicros(from)))
  const logs = await openLogs(place, traffic, context)
  await logs
    .write({ from, to: Infinity, due: Date.now })
    .catch((error: unknown) => {
      if (!context.signal.aborted) throw error
    })
    .finally(() => logs.close())
}
