import { existsSync } from 'node:fs'
import { machineZone } from '../../core/zone.ts'
import type { ReportContents } from '../../reports/contents.ts'
import { readPeriod } from '../../server/report/read.ts'
import { openState, statePath } from '../../state/index.ts'
import { daemonOf, openAnswers, remoteReader } from '../asking.ts'
import type { Context } from '../context.ts'
import type { StoreSelection } from '../options.ts'
import { storeFor } from '../settings.ts'
import { spanIn, type SpanOptions } from './span.ts'

/** What is asked of a store. */
interface StoredOptions extends StoreSelection, SpanOptions {
  readonly source?: readonly string[] | undefined
  readonly where?: string | undefined
  readonly zone?: string | undefined
}

/**
 * Reads a period of a store: asks the Visor that runs on it, or opens it.
 * @throws VisorError USAGE, QUERY, NO_LINES, and what opening the store throws
 */
export async function storedContents(
  options: StoredOptions,
  top: number,
  { env, signal }: Context
): Promise<ReportContents> {
  const config = storeFor(options, env)
  const zone = options.zone ?? config.zone ?? machineZone()
  const now = Date.now()
  const span = spanIn(options, zone, now)
  const { path, retention } = config.store
  const opened = await openAnswers(path, retention, config.engine)
  const ask = await daemonOf(path)
  const state = !ask && existsSync(statePath(path)) ? openState(path) : undefined
  try {
    const parts = {
      answers: opened.answers,
      history: ask ? remoteReader(ask) : state,
      engine: config.engine.type === 'spark' ? 'spark' : 'embedded',
      clock: () => now,
      sources: Object.keys(config.sources)
    } as const
    const { where, source: sources } = options
    return await readPeriod(parts, { ...span, zone, where, sources, top, call: { signal } })
  } finally {
    state?.close()
    await opened.close()
  }
}
