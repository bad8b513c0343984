import { join } from 'node:path'
import { defaultStore } from '../../system/folders.ts'
import { loadConfig } from '../../config/load.ts'
import type { Config } from '../../config/schema.ts'
import { Journal } from '../../relay/journal.ts'
import { relay, type NamedSource } from '../../relay/relay.ts'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import { formatCount } from '../../core/units.ts'
import { visible } from '../../core/visible.ts'
import { openSink, ReaderLeft } from '../../sinks/index.ts'
import { openSources, sourceKindOf } from '../../sources/index.ts'
import type { RelayOptions } from './options.ts'
import { print, type Context } from '../context.ts'
import { configuredSources, namedSources } from '../settings.ts'

/** How often it is looked whether there is something to report. */
const REPORT_INTERVAL: Millis = 500
/** How long a sink has for what it was given when relaying is stopped. */
const SHUTDOWN_TIMEOUT: Millis = 5 * SECOND_MS
/** So that relaying takes no partition away from a Visor that watches the same topics. */
const GROUP = 'visor-relay'

/** `visor relay`: opens sources and sink, moves lines until it is stopped, and reports how many are out. */
export async function runRelay(
  targets: readonly string[],
  options: RelayOptions,
  context: Context
): Promise<void> {
  const { signal, stdout, stderr, env } = context
  const configured =
    targets.length > 0
      ? namedSources(targets, options)
      : configuredSources(loadConfig(env, options.config).config, options, env)
  const journal = Journal.open(options.state ?? statePath(options.to, env))
  const hard = lateSignal(signal)
  const sink = await openSink(options.to, {}, { signal: hard, clock: Date.now, stdout })
  const sources = await openAll(configured, journal)
  await print(
    stderr,
    `visor: relaying ${sources.map(({ name }) => visible(name)).join(', ')} to ${visible(sink.name)}\n`
  )
  for (const open of openSources(configured)) stderr.write(`visor: ${visible(open)}\n`)
  const reported = new Set<string>()
  const report = (): void => {
    const problems = sources.flatMap(({ source }) => source.problems?.() ?? [])
    const lines = [
      ...(sink.warnings?.() ?? []),
      ...problems.map(({ name, message }) => `${name}: ${message}`)
    ]
    for (const line of lines) if (!reported.has(line)) stderr.write(`visor: ${visible(line)}\n`)
    for (const { name, message } of problems) reported.add(`${name}: ${message}`)
  }
  const reporting = setInterval(report, REPORT_INTERVAL)
  try {
    const { skipped } = await relay(sources, sink, journal, signal)
    if (skipped > 0) stderr.write(`visor: ${formatCount(skipped)} lines were too long and left out\n`)
  } catch (error) {
    if (!(error instanceof ReaderLeft) && error !== signal.reason) throw error
  } finally {
    clearInterval(reporting)
    report()
    stderr.write(`visor: ${formatCount(sink.written)} lines relayed to ${visible(sink.name)}\n`)
  }
}

async function openAll(configured: Config['sources'], journal: Journal): Promise<NamedSource[]> {
  const opening = Object.entries(configured).map(async ([name, { format: _f, zone: _z, ...options }]) => {
    const dependencies = { name, clock: Date.now, random: Math.random, group: GROUP }
    return { name, source: await sourceKindOf(options).open(options, journal.known(name), dependencies) }
  })
  return Promise.all(opening)
}

/** A file for each target, beside the store. */
function statePath(target: string, env: Context['env']): string {
  return join(defaultStore(env), `relay-${target.replaceAll(/[^\w.-]+/g, '-')}.json`)
}

/** Aborts a while after another signal: what was read before may still go out. */
function lateSignal(signal: AbortSignal): AbortSignal {
  const late = new AbortController()
  signal.addEventListener(
    'abort',
    () => setTimeout(() => late.abort(signal.reason), SHUTDOWN_TIMEOUT).unref(),
    {
      once: true
    }
  )
  return late.signal
}
