import type { ServerResponse } from 'node:http'
import { SECOND_MS, type Millis } from '../core/time.ts'
import type { Dashboard } from './dashboard.ts'

/** The live feed: the status by server-sent events, serialised once for all who listen. */
export interface Feed {
  /** Answers with the feed, as long as who listens may stay; `false` when there are too many listeners already. */
  open(response: ServerResponse, mayStay: () => boolean): boolean
  /** How many listen. */
  readonly listeners: number
  /** Ends every open answer. */
  close(): void
}

export interface FeedOptions {
  /** Shortest time between two messages. */
  readonly interval: Millis
  /** Longest time without a message: a page that hears nothing for longer is cut off. As often it is asked who may stay. */
  readonly heartbeat: Millis
  /** Most listeners at a time. */
  readonly listeners: number
  /** Messages in a row that a listener may be too slow for; after them it is let go, and may come again. */
  readonly patience: number
}

export const FEED: FeedOptions = { interval: 250, heartbeat: 10 * SECOND_MS, listeners: 200, patience: 40 }

/** Every message is the whole status, so a listener that misses some has lost nothing. */
export function createFeed(dashboard: Dashboard, options: FeedOptions = FEED): Feed {
  const missed = new Map<ServerResponse, number>()
  const staying = new WeakMap<ServerResponse, () => boolean>()
  let asked = performance.now()
  let unsubscribe: (() => void) | undefined
  let timer: NodeJS.Timeout | undefined
  let sent = 0

  const message = (): string => `data: ${JSON.stringify(dashboard.status())}\n\n`

  const schedule = (delay: Millis): void => {
    clearTimeout(timer)
    timer = setTimeout(send, delay)
  }

  const send = (): void => {
    sent = performance.now()
    if (sent - asked >= options.heartbeat) {
      asked = sent
      for (const response of missed.keys()) if (!staying.get(response)?.()) response.destroy()
    }
    const bytes = Buffer.from(message())
    for (const [response, count] of missed) {
      if (!response.writableNeedDrain) response.write(bytes)
      else if (count >= options.patience) response.destroy()
      missed.set(response, response.writableNeedDrain ? count + 1 : 0)
    }
    schedule(options.heartbeat)
  }

  const changed = (): void => schedule(Math.max(0, sent + options.interval - performance.now()))

  const leave = (response: ServerResponse): void => {
    missed.delete(response)
    if (missed.size > 0) return
    unsubscribe?.()
    unsubscribe = undefined
    clearTimeout(timer)
  }

  return {
    open(response, mayStay) {
      if (missed.size >= options.listeners) return false
      response.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        // nginx would hold messages back otherwise.
        'x-accel-buffering': 'no'
      })
      response.write(`retry: ${SECOND_MS}\n${message()}`)
      response.on('close', () => leave(response))
      response.on('error', () => leave(response))
      missed.set(response, 0)
      staying.set(response, mayStay)
      unsubscribe ??= dashboard.subscribe(changed)
      if (missed.size === 1) schedule(options.heartbeat)
      return true
    },
    get listeners() {
      return missed.size
    },
    close() {
      for (const response of missed.keys()) response.end()
    }
  }
}
