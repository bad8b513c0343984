import { setTimeout as wait } from 'node:timers/promises'
import type { App } from '../../app/index.ts'
import { MINUTE_MS, toMillis, type Millis } from '../../core/time.ts'
import type { CountAnswer } from '../../store/questions/answers.ts'
import type { LogWriter } from '../made-up.ts'
import type { ScenarioClock } from './clock.ts'
import type { Expected, Expectations } from './tally.ts'

/** Between two looks at what the monitor has counted. */
const POLL_INTERVAL: Millis = 25

/** How long the monitor may take to read what is left. */
const READ_TIMEOUT = MINUTE_MS

/** Looks again and again how much the monitor has counted of what is being waited for, until it is stopped. */
export function watch(app: App, tally: Expectations): { stop: () => Promise<void> } {
  const stopped = new AbortController()
  const { signal } = stopped
  const looking = async (): Promise<void> => {
    while (!signal.aborted) {
      const began = performance.now()
      for (const one of tally.expected)
        if (one.waiting.length > 0) tally.counted(one, await countOf(app, one), performance.now())
      // Who looks must not take the time of who is looked at.
      await wait(Math.max(POLL_INTERVAL, performance.now() - began), undefined, { signal }).catch(() => {})
    }
  }
  const ended = looking()
  // Thrown when it is stopped.
  ended.catch(() => {})
  return {
    stop: async () => {
      stopped.abort()
      await ended
    }
  }
}

/** Resolves once the monitor has stored so many lines and sent all there is to send, or has had its time. */
export async function waitUntilStored(app: App, lines: number, signal: AbortSignal): Promise<void> {
  const until = performance.now() + READ_TIMEOUT
  for (;;) {
    const { store, counters } = app.status()
    const done = store.rows + counters.rejected >= lines && app.alerts.outbox().waiting === 0
    if (done || performance.now() > until) return
    await wait(POLL_INTERVAL, undefined, { signal })
  }
}

/** How many lines of an incident the monitor has counted, as it answers anybody who asks. */
export async function countOf(app: App, { planned, from, to }: Expected): Promise<number> {
  const { query } = planned.incident
  const asked = new URLSearchParams({
    where: query,
    from: String(toMillis(from)),
    to: String(toMillis(to)),
    by: 'day'
  })
  const answer = await fetch(new URL(`api/count?${asked.toString()}`, app.address))
  if (!answer.ok) throw new Error(`the monitor does not answer: ${answer.status} ${await answer.text()}`)
  const { counts }: CountAnswer = JSON.parse(await answer.text())
  return counts.reduce((sum, { count }) => sum + count, 0)
}

/** Moves the clock on as far as the lines are read, until it is stopped, when all that is out is read. */
export function followReading(app: App, writer: LogWriter, clock: ScenarioClock) {
  /** How many lines were out when all up to a time were. */
  const all: { readonly time: Millis; readonly lines: number }[] = []
  const look = (): void => {
    const { read } = app.status().counters
    const ahead = all.findIndex(({ lines }) => lines > read)
    const reached = all.splice(0, ahead < 0 ? all.length : ahead).at(-1)
    if (reached) clock.reach(reached.time)
  }
  const timer = setInterval(look, POLL_INTERVAL)
  return {
    out: (time: Millis): unknown => all.push({ time, lines: writer.written() }),
    stop: (): void => {
      clearInterval(timer)
      look()
    }
  }
}
