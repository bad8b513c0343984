import type { Sink, SinkDependencies } from '../../core/sink.ts'
import { visible } from '../../core/visible.ts'
import { openSink } from '../../sinks/index.ts'
import type { GenerateOptions } from './options.ts'
import type { Context } from '../context.ts'
import type { PlannedLog } from './plan.ts'

/** Milliseconds between two looks at what sinks have to say. */
const LOOK = 200

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
  const told = Object.entries({ rotate, every, keep }).filter(([, value]) => value !== undefined)
  const open: OpenLog[] = []
  try {
    for (const log of logs)
      open.push({ ...log, sink: await openSink(log.target, Object.fromEntries(told), dependencies) })
  } catch (error) {
    await Promise.all(open.map(({ sink }) => sink.close()))
    throw error
  }
  return open
}

/** Tells what sinks have to say as it comes up, until it is stopped. */
export function printNotices(outputs: readonly OpenLog[], { stderr }: Context): { stop: () => void } {
  const tell = (): void => {
    for (const { sink } of outputs)
      for (const notice of sink.notices?.() ?? []) stderr.write(`visor: ${visible(notice)}\n`)
  }
  tell()
  const timer = setInterval(tell, LOOK)
  const stop = (): void => {
    clearInterval(timer)
    tell()
  }
  return { stop }
}
