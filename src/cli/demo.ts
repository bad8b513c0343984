import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApp } from '../app.ts'
import type { Config } from '../config/schema.ts'
import { formatFor } from '../formats/index.ts'
import { generate } from '../generator/generate.ts'
import { seeded } from '../generator/random.ts'
import { demoRate } from '../generator/rate.ts'
import { print, type Context } from './context.ts'
import { follow } from './follow.ts'

export interface DemoOptions {
  readonly host: string
  readonly port: number
  /** Lines a second, on average. */
  readonly rate: number
}

/** What Debian calls vhost_combined, with bytes as the page likes them and the time each request took. */
const ACCESS = '%v:%p %h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %D'

/** How far back the made-up site has logs already, in milliseconds. */
const HISTORY = 3_600_000

/** Writes logs into a temporary folder and watches them until the context's signal aborts. */
export async function runDemo({ host, port, rate }: DemoOptions, context: Context): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'visor-demo-'))
  const done = new AbortController()
  let writing: Promise<unknown> | undefined
  try {
    const paths = { access: join(folder, 'access.log'), error: join(folder, 'error.log') }
    for (const path of Object.values(paths)) writeFileSync(path, '')
    const app = await startApp(configOf(paths, host, port, folder), { store: true, clock: Date.now })
    await print(context.stdout, `visor: demo with about ${rate} lines a second in ${folder}\n`)
    await print(context.stdout, `visor: live at ${app.address}\n`)
    writing = generate({
      access: { path: paths.access, format: formatFor(ACCESS) },
      error: { path: paths.error, format: formatFor('error24') },
      history: HISTORY,
      rate: demoRate(rate),
      random: seeded(Date.now()),
      now: Date.now,
      zone: at => -new Date(at).getTimezoneOffset(),
      signal: AbortSignal.any([context.signal, done.signal])
    })
    await follow(app, context)
  } finally {
    done.abort()
    await writing
    rmSync(folder, { recursive: true, force: true })
  }
}

function configOf(
  paths: { access: string; error: string },
  host: string,
  port: number,
  folder: string
): Config {
  const source = { type: 'file', from: 'beginning' } as const
  return {
    sources: {
      access: { ...source, paths: [paths.access], format: ACCESS },
      error: { ...source, paths: [paths.error], format: 'error24' }
    },
    page: { enabled: true, host, port },
    store: { path: join(folder, 'store'), retention: 86_400_000 },
    window: 10_000,
    country: true,
    lateness: 60_000
  }
}
