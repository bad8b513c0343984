import { computed, effect, signal } from '@preact/signals'
import { mayDo } from '../../core/caller.ts'
import type { CallerAnswer } from '../../server/api-types.ts'
import { connection } from './live.ts'

/** Who uses this page, as the server knows; `undefined` until it has said so. */
export const caller = signal<CallerAnswer | undefined>(undefined)

/** Whether somebody is signed in: by a session here, or by a proxy. */
export const isSignedIn = computed(() => caller.value !== undefined && caller.value.by !== 'loopback')

/** Whether who uses this page may acknowledge, silence and the like. */
export const mayAct = computed(() => caller.value !== undefined && mayDo(caller.value.role, 'act'))

/** Where to sign in, and to come back to what is shown. */
export function loginAddress(): string {
  return `./login?next=${encodeURIComponent(location.search)}`
}

/** Asks who uses this page, now and whenever a connection begins or ends: a session may be over by then. */
export function followCaller(): void {
  effect(() => {
    if (connection.value !== 'opening') void askCaller()
  })
}

/** Asks once more. */
export async function askCaller(): Promise<void> {
  const response = await fetch('./api/caller').catch(() => undefined)
  if (response?.ok) caller.value = await response.json()
  if (response?.status === 401) location.assign(loginAddress())
}

/** Ends the session; what is for everybody can be read on. */
export async function signOut(): Promise<void> {
  await fetch('./logout', { method: 'POST' })
  location.reload()
}
