import { signal } from '@preact/signals'
import type { Status } from '../../server/api-types.ts'

/** The newest status that the server sent; `undefined` before the first. */
export const status = signal<Status | undefined>(undefined)

/** `lost` while the page tries to reach the server again; what it shows is then of the last status. */
export const connection = signal<'opening' | 'live' | 'lost'>('opening')

/** The server sends at least every 10 s, so after this long the connection is dead even if nobody said so. */
const SILENCE = 25_000
const RETRY = 2000

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
    after(SILENCE, lost)
  })
  source.addEventListener('error', lost)
}

function lost(): void {
  connection.value = 'lost'
  after(RETRY, open)
}

function after(delay: number, action: () => void): void {
  clearTimeout(timer)
  timer = window.setTimeout(action, delay)
}

function close(): void {
  clearTimeout(timer)
  source?.close()
  source = undefined
}
