import { join } from 'node:path'
import type { Millis } from '../core/time.ts'
import { accessRecords } from './access.ts'
import { actRecords } from './acts.ts'
import { alertRecords } from './alerts.ts'
import { StateDatabase } from './database.ts'
import { deliveryRecords } from './deliveries.ts'
import { outboxRecords } from './outbox.ts'
import { reportRecords } from './reports.ts'
import { requestRecords } from './requests.ts'
import { JsonRows } from './rows.ts'
import { salvageState, savedText, stateDamage } from './salvage.ts'
import { textRecords } from './texts.ts'
import type { StateStore } from './types.ts'

/** Where the state of the store in a folder is. */
export function statePath(folder: string): string {
  return join(folder, 'state.sqlite')
}

/**
 * Opens the state in a store's folder; makes folder and file where they are not there. Without a folder it lives in memory.
 * Any number of processes may have it open.
 * @throws VisorError STATE
 */
export function openState(folder: string | undefined): StateStore {
  return stateOf(new StateDatabase(folder === undefined ? undefined : statePath(folder)))
}

/**
 * Opens the state for the Visor that runs on the store. One that is damaged is put aside first, and what can be read of it is taken
 * over: `damage` tells of that. @throws VisorError STATE, NEWER_FILE, DISK_FULL
 */
export function openOwnState(
  folder: string,
  now: Millis
): { readonly state: StateStore; readonly damage?: string } {
  const path = statePath(folder)
  const damage = stateDamage(path)
  if (damage === undefined) return { state: openState(folder) }
  const saved = savedText(salvageState(path, now))
  return { state: openState(folder), damage: `${damage}; ${saved}` }
}

/** Deletes what is older than its parameter. */
const FORGETTING = [
  "delete from alerts where phase = 'resolved' and coalesce(resolved, since) < ?",
  'delete from transitions where at < ?',
  'delete from silences where ends < ?',
  'delete from outbox where due is null and created < ?',
  'delete from deliveries where at < ?',
  'delete from watched where seen < ?'
]

const UNKNOWN_NOTIFICATIONS =
  'delete from notified where notification not in (select notification from deliveries union all select id from outbox)'

function stateOf(database: StateDatabase): StateStore {
  const rows = new JsonRows(database)
  const { load, write, ...alerts } = alertRecords(database, rows)
  const { removeTaken, ...requests } = requestRecords(database, rows)
  const { contains, add: addDelivery, ...deliveries } = deliveryRecords(database, rows)
  const { add: send, ...outbox } = outboxRecords(database, rows, { contains, add: addDelivery })
  return {
    ...alerts,
    ...requests,
    ...deliveries,
    ...outbox,
    ...reportRecords(database, rows, send),
    ...watchedRecords(database),
    ...accessRecords(database),
    ...actRecords(database, rows),
    ...textRecords(database),
    load: () => ({ ...load(), silences: requests.silences() }),
    commit: changes => {
      if (Object.values(changes).every(changed => changed.length === 0)) return
      database.transaction(() => {
        write(changes)
        changes.notifications.forEach(send)
        removeTaken()
      })
    },
    version: () => Number(database.all('pragma data_version')[0]?.['data_version']),
    forget: before =>
      database.transaction(() => {
        for (const sql of FORGETTING) database.run(sql, [before])
        database.run(UNKNOWN_NOTIFICATIONS)
      }),
    reserve: () => database.reserve(),
    problems: () => rows.problems,
    mend: now => database.reopen(path => savedText(salvageState(path, now))),
    close: () => database.close()
  }
}

/** When Visor ran: a row a run, with when it was last seen to. */
function watchedRecords(database: StateDatabase): Pick<StateStore, 'watching' | 'watched'> {
  return {
    watching: (since, now) => {
      database.run(
        `insert into watched (since, seen) values (?, ?)
         on conflict (since) do update set seen = max(seen, excluded.seen)`,
        [since, now]
      )
    },
    watched: ({ from, to }) =>
      database
        .all('select since, seen from watched where since < ? and seen >= ? order by since', [to, from])
        .map(({ since, seen }) => ({ from: Number(since), to: Number(seen) }))
  }
}

/** What commands ask of the state, also of that of a Visor that runs. None of it changes anything. */
const READING = [
  'acts',
  'alert',
  'alerts',
  'transitions',
  'deliveries',
  'outbox',
  'silences',
  'reports',
  'watched',
  'unsubscribed',
  'problems'
] as const satisfies readonly (keyof StateStore)[]

type Reading = Pick<StateStore, (typeof READING)[number]>

/** The state, read here or elsewhere. */
export type StateReader = {
  readonly [Name in keyof Reading]: (
    ...given: Parameters<Reading[Name]>
  ) => Promise<ReturnType<Reading[Name]>>
}

/** Asks for one reading by its name. */
type ReadBy = (name: string, given: readonly unknown[]) => Promise<unknown>

/** A reader whose answers come by `read`. */
export function readerBy(read: ReadBy): StateReader {
  const entries: unknown[][] = READING.map(name => [name, (...given: unknown[]) => read(name, given)])
  return Object.fromEntries(entries)
}

/** Answers readings by their names; `undefined` for what is none. */
export function readingsOf(state: StateStore): ReadBy {
  return async (name, given) => {
    const known = READING.find(known => known === name)
    return known && Reflect.apply(state[known], state, given)
  }
}
