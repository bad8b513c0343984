import { setTimeout as wait } from 'node:timers/promises'
import type { App } from '../app/index.ts'
import type { EngineStatus } from '../core/progress.ts'
import { SECOND_MS } from '../core/time.ts'
import { counted, formatBytes, formatCount, formatSpan } from '../core/units.ts'
import { visible } from '../core/visible.ts'
import { MIN_HELD } from '../live/source.ts'
import type { Status } from '../server/api-types.ts'
import type { Log, LogMessage } from './log.ts'
import { CLEAR_LINE, print, type Context, type Output } from './context.ts'

/**
 * Prints how a running Visor does, a line a second, until it is asked to stop or cannot go on; then stops it. Without a
 * page it also ends when standard input has.
 * On a terminal the line is written over; elsewhere it is printed only where there is no page to look at.
 */
export async function follow(app: App, context: Context, log: Log): Promise<void> {
  const { stdout, signal } = context
  const shown = stdout.isTTY || app.address === undefined
  const printed = new Set<string>()
  let before: Pick<Status, 'engine' | 'store'> | undefined
  const ended = new AbortController()
  if (app.address === undefined) void app.ended.then(() => ended.abort())
  const done = AbortSignal.any([signal, ended.signal])
  try {
    while (!done.aborted) {
      const status = app.status()
      const problems = problemsOf(status).filter(({ text }) => !printed.has(text))
      for (const problem of problems) {
        log(problem)
        printed.add(problem.text)
      }
      for (const text of storeNews(status, before?.store))
        log({ level: status.store.failure === undefined ? 'info' : 'error', component: 'store', text })
      for (const text of engineNews(status, before?.engine))
        log({ level: status.engine?.failure ? 'error' : 'info', component: 'engine', text })
      before = status
      if (shown)
        await print(stdout, stdout.isTTY ? clear(stdout) + statusLine(status) : `${statusLine(status)}\n`)
      await Promise.race([wait(SECOND_MS, undefined, { signal: done }).catch(() => {}), app.failed])
    }
  } finally {
    await app.stop()
    const { failure } = app.status().store
    if (failure !== undefined) {
      context.exitCode = 1
      log({
        level: 'error',
        component: 'store',
        text: `ended without storing what was read last: ${failure}; ${LEFT}`
      })
    }
    if (shown) await print(stdout, `${clear(stdout)}${statusLine(app.status())}\n`)
  }
}

const LEFT = 'what the logs still hold is read by the next `visor watch`'

function clear(output: Output): string {
  return output.isTTY ? CLEAR_LINE : ''
}

/** Problems of the sources, what was lost of them, and problems of what is kept besides the store. */
function problemsOf({ sources, problems = [] }: Status): LogMessage[] {
  const ofSources = sources.flatMap(({ name, state, detail, losses = [] }) =>
    [...(state === 'problem' ? [detail] : []), ...losses].map((text): LogMessage => ({
      level: 'warn',
      component: 'source',
      source: name,
      text: text.startsWith(name) ? text : `${name}: ${text}`
    }))
  )
  return [...ofSources, ...problems.map((text): LogMessage => ({ level: 'warn', component: 'visor', text }))]
}

/** What is told of the store: that it cannot be written, and that it is again. */
export function storeNews(
  { now, store }: Pick<Status, 'now' | 'store'>,
  before: Status['store'] | undefined
): string[] {
  const { failure, failingSince = now } = store
  if (failure !== undefined)
    return before?.failure !== undefined
      ? []
      : [visible(`the store cannot be written, reading waits, nothing is lost: ${failure}`)]
  if (before?.failure === undefined) return []
  return [`the store is written again, after ${formatSpan(now - (before.failingSince ?? failingSince))}`]
}

/** What is told of an engine besides how it was before: that it begins to fail, and that it works again. */
export function engineNews({ now, engine }: Status, before: EngineStatus | undefined): string[] {
  if (!engine) return []
  const { name, failure, detail } = engine
  if (failure && !before?.failure) return [visible(`${name} fails: ${failure.message}; ${detail}`)]
  if (failure || !before?.failure) return []
  const { since, attempts } = before.failure
  return [
    visible(`${name} works again, after ${formatSpan(now - since)} and ${counted(attempts, 'attempt')}`)
  ]
}

/**
 * `12:00:05  1,234 lines/s  10,000 read = 9,990 parsed + 10 rejected + 0 late  0 B behind`, in UTC; and who has been
 * waiting for the store, and for how long.
 */
export function statusLine({ now, sources, counters, engine }: Status): string {
  const rate = sources.reduce((sum, source) => sum + source.rate, 0)
  const { read, parsed, rejected, late } = counters
  return [
    `${new Date(now).toISOString().slice(11, 19)}Z`,
    `${formatCount(rate)} lines/s`,
    `${formatCount(read)} read = ${formatCount(parsed)} parsed + ${formatCount(rejected)} rejected + ${formatCount(late)} late`,
    behindText(sources, engine),
    ...sources
      .filter(({ held = 0 }) => held >= MIN_HELD)
      .map(({ name, held = 0 }) => `${visible(name)} waits for the store: ${Math.floor(held / SECOND_MS)} s`)
  ].join('  ')
}

/** What waits: as the engine counts it, where it does; and until when, where that is known. */
function behindText(sources: Status['sources'], engine: EngineStatus | undefined): string {
  const { messages, bytes } = engine?.behind ?? {
    bytes: sources.reduce((sum, source) => sum + source.lag.bytes, 0)
  }
  const behind = [
    ...(messages === undefined ? [] : [counted(messages, 'message')]),
    ...(bytes === undefined || (bytes === 0 && messages !== undefined) ? [] : [formatBytes(bytes)])
  ].join(' and ')
  if (behind === '') return 'lag unknown'
  const soon = engine?.catchUp === undefined ? '' : `, caught up in about ${formatSpan(engine.catchUp)}`
  return `${behind} behind${soon}`
}
