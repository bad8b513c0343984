import { signal } from '@preact/signals'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import type { Status } from '../../server/api-types.ts'

/** The newest status that the server sent; `undefined` before the first. */
export const status = signal<Status | undefined>(undefined)

/** `lost` while the page tries to reach the server again; what it shows is then of the last status. */
export const connection = signal<'opening' | 'live' | 'lost'>('opening')

/** The server sends at least every 10 s, so after this long the connection is dead even if no error was reported. */
const SILENCE_TIMEOUT: Millis = 25 * SECOND_MS
const RETRY_DELAY: Millis = 2 * SECOND_MS

let source: EventSource | undefined
let timer: number | undefined

/**
 * Follows the live feed while the page is visible: a browser opens few connections to one server, so hidden pages
 * must not hold them. Every message is the whole status, so nothing is missed in between.
 */
export function followServer(): void {
  document.addEventListener('visibilitychange', follow)
  follow()
}

function follow(): void {
  if (document.hidden) close()
  else if (!source) open()
}

function open(): void {
  close()
  source = new EventSource('./api/live')
  source.addEventListener('message', ({ data }: MessageEvent<string>) => {
    status.value = JSON.parse(data)
    connection.value = 'live'
    after(SILENCE_TIMEOUT, lost)
  })
  source.addEventListener('error', lost)
}

function lost(): void {
  connection.value = 'lost'
  after(RETRY_DELAY, open)
}

function after(delay: Millis, action: () => void): void {
  clearTimeout(timer)
  timer = window.setTimeout(action, delay)
}

function close(): void {
  clearTimeout(timer)
  source?.close()
  source = undefined
}
