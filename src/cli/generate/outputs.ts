import type { Sink, SinkDependencies } from '../../core/sink.ts'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import { formatCount } from '../../core/units.ts'
import { visible } from '../../core/visible.ts'
import { openSink } from '../../sinks/index.ts'
import type { GenerateOptions } from './options.ts'
import { CLEAR_LINE, type Context } from '../context.ts'
import type { PlannedLog } from './plan.ts'

/** Between two looks at the warnings of sinks, and between two lines of progress. */
const WARNING_INTERVAL: Millis = 200
const PROGRESS_INTERVAL: Millis = 500

/** A log and where its lines go. */
export interface OpenLog extends PlannedLog {
  readonly sink: Sink
}

/** Opens all sinks, or none. */
export async function openOutputs(
  logs: readonly PlannedLog[],
  { rotate, every, keep }: GenerateOptions,
  dependencies: SinkDependencies
): Promise<OpenLog[]> {
  const given = Object.entries({ rotate, every, keep }).filter(([, value]) => value !== undefined)
  const open: OpenLog[] = []
  try {
    for (const log of logs)
      open.push({ ...log, sink: await openSink(log.target, Object.fromEntries(given), dependencies) })
  } catch (error) {
    await Promise.all(open.map(({ sink }) => sink.close()))
    throw error
  }
  return open
}

/** Prints the warnings of sinks as they come up, until it is stopped. */
export function printWarnings(outputs: readonly OpenLog[], { stderr }: Context): { stop: () => void } {
  const print = (): void => {
    for (const { sink } of outputs)
      for (const warning of sink.warnings?.() ?? []) stderr.write(`visor: ${visible(warning)}\n`)
  }
  print()
  const timer = setInterval(print, WARNING_INTERVAL)
  const stop = (): void => {
    clearInterval(timer)
    print()
  }
  return { stop }
}

/** Shows on a terminal how many lines are out and how fast, until it is stopped. */
export function showProgress(outputs: readonly OpenLog[], { stdout, stderr }: Context): { stop: () => void } {
  if (!stderr.isTTY || (stdout.isTTY && outputs.some(({ target }) => target === '-')))
    return { stop: () => {} }
  let before = { lines: 0, at: performance.now() }
  const timer = setInterval(() => {
    const now = { lines: outputs.reduce((sum, { sink }) => sum + sink.written, 0), at: performance.now() }
    const rate = ((now.lines - before.lines) * SECOND_MS) / (now.at - before.at)
    stderr.write(`${CLEAR_LINE}${formatCount(now.lines)} lines  ${formatCount(Math.round(rate))} lines/s`)
    before = now
  }, PROGRESS_INTERVAL)
  const stop = (): void => {
    clearInterval(timer)
    stderr.write(CLEAR_LINE)
  }
  return { stop }
}
