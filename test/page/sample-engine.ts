import type { EngineStatus } from '../../src/core/progress.ts'
import type { EngineHistory, WatchedEngine } from '../../src/server/api-types.ts'
import { RATE_SECONDS } from '../../src/live/rates.ts'

/** What an engine on a cluster reports when all is well; `more` of it is otherwise. */
export function sampleEngine(now: number, more: Partial<WatchedEngine> = {}): WatchedEngine {
  return {
    name: 'Spark 4.2.0 at sc://spark.example.org:15002',
    state: 'working',
    detail: 'counts 4,812 messages in 4 tasks',
    executors: 2,
    cores: 4,
    batch: { p50: 312, p99: 484, last: 305, rowsPerSecond: 15_400, tasks: 4 },
    behind: { messages: 1204 },
    lag: [
      { stream: 'logs/2', messages: 431 },
      { stream: 'logs/0', messages: 402 },
      { stream: 'logs/1', messages: 371 }
    ],
    page: 'http://spark.example.org:4040/',
    history: history(
      now,
      i => 900 + 500 * Math.sin(i / 3) ** 2,
      i => 300 + 60 * Math.sin(i / 5) + 90 * Math.cos(i * 7) ** 8
    ),
    ...more
  }
}

/** A flood is being worked off: what waits gets less. */
export function catchingUp(now: number): WatchedEngine {
  const flood = (i: number): number =>
    i < 120 ? 1000 : i < 180 ? 1000 + (i - 120) * 80_000 : Math.max(1000, 4.8e6 - (i - 180) * 33_000)
  const messages = Math.round(flood(298))
  return sampleEngine(now, {
    detail: 'counts 412,000 messages in 4 tasks',
    batch: { p50: 980, p99: 1420, last: 1010, rowsPerSecond: 412_000, tasks: 4 },
    behind: { messages },
    catchUp: 40_400,
    lag: [0.41, 0.33, 0.2, 0.06].map((share, i) => ({
      stream: `logs/${i}`,
      messages: Math.round(messages * share)
    })),
    history: history(now, flood, i => (i < 120 ? 300 : 1000) + 40 * Math.sin(i))
  })
}

export const REFUSED = 'connect ECONNREFUSED 10.0.3.7:15002: the Spark Connect server does not answer'

/** Its server has been gone for so many milliseconds. */
export function failing(now: number, lasts: number): WatchedEngine {
  return sampleEngine(now, {
    state: 'failing',
    detail: 'asks again in 4 s; the lines wait in Kafka, none is lost',
    failure: { message: REFUSED, since: now - lasts, attempts: 5 },
    behind: { messages: 154_000 },
    lag: [{ stream: 'logs/0', messages: 154_000 }],
    history: history(
      now,
      i => (i < 270 ? 800 : 800 + (i - 270) * 5300),
      i => (i < 270 ? 300 + 40 * Math.sin(i) : undefined)
    )
  })
}

/** Nothing is known of it but that it is there. */
export function starting(now: number): WatchedEngine {
  const { name } = sampleEngine(now)
  const status: EngineStatus = { name, state: 'starting', detail: 'connects', lag: [] }
  return { ...status, history: history(now, none, none) }
}

const none = (): undefined => undefined

type BySecond = (second: number) => number | undefined

function history(to: number, messages: BySecond, batch: BySecond): EngineHistory {
  const values = (of: BySecond): (number | null)[] =>
    Array.from({ length: RATE_SECONDS - 1 }, (_, i) => of(i) ?? null)
  return { to, messages: values(messages), bytes: values(none), batch: values(batch) }
}
