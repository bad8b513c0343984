import type { MetricSummary, Status, Summary } from '../src/server/api-types.ts'
import { startVisor, type RunOptions, type Running } from './visor.ts'

/** A daemon under test, started with `bin/visor.js watch`. */
export interface Watching {
  readonly visor: Running
  readonly address: string
  readonly status: () => Promise<Status>
  readonly summary: (period?: string) => Promise<Summary>
}

/** Starts a daemon on a free port and waits until its page is there. */
export async function startWatching(args: readonly string[], options: RunOptions = {}): Promise<Watching> {
  const visor = startVisor(['watch', '--port', '0', ...args], options)
  const [, address = ''] = await visor.until(/live at (\S+)/)
  const get = async <Answer>(path: string): Promise<Answer> => {
    const answer: Answer = JSON.parse(await (await fetch(`${address}api/${path}`)).text())
    return answer
  }
  return {
    visor,
    address,
    status: () => get('status'),
    summary: (period = 'all') => get(`summary?period=${period}`)
  }
}

/** What a metric counted; of one that counted nothing 0. */
export function metricOf(
  { metrics }: Summary,
  wanted: string
): Pick<MetricSummary, 'count' | 'sum' | 'distinct' | 'top' | 'classes'> {
  return metrics.find(({ name }) => name === wanted) ?? { count: 0, sum: 0, distinct: 0, top: [] }
}

/** Asks again, every 50 ms and for two minutes at most, until the answer is as wanted; returns the last one. */
export async function eventually<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  for (const end = Date.now() + 120_000; ; await new Promise(done => setTimeout(done, 50))) {
    const answer = await ask()
    if (wanted(answer) || Date.now() > end) return answer
  }
}
