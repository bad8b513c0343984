import { join } from 'node:path'
import type { Millis } from '../core/time.ts'
import { alertRecords } from './alerts.ts'
import { StateDatabase } from './database.ts'
import { deliveryRecords } from './deliveries.ts'
import { outboxRecords } from './outbox.ts'
import { requestRecords } from './requests.ts'
import { JsonRows } from './rows.ts'
import type { Changes, StateStore } from './types.ts'

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

function stateOf(database: StateDatabase): StateStore {
  const rows = new JsonRows(database)
  const alerts = alertRecords(database, rows)
  const asked = requestRecords(database, rows)
  const deliveries = deliveryRecords(database, rows)
  const notifications = outboxRecords(database, rows, deliveries)
  const write = (changes: Changes): void => {
    alerts.write(changes)
    for (const notification of changes.notifications) notifications.add(notification)
    asked.removeTaken()
  }
  const forget = (before: Millis): void => {
    for (const part of [alerts, asked, notifications, deliveries]) part.forget(before)
  }
  return {
    load: () => ({ ...alerts.load(), silences: asked.silences() }),
    commit: changes => {
      if (Object.values(changes).some(changed => changed.length > 0))
        database.transaction(() => write(changes))
    },
    alert: alerts.alert,
    alerts: alerts.alerts,
    transitions: alerts.transitions,
    silences: asked.silences,
    addSilence: asked.addSilence,
    endSilence: asked.endSilence,
    acknowledge: asked.acknowledge,
    takeAcknowledgements: asked.takeAcknowledgements,
    version: () => Number(database.all('pragma data_version')[0]?.['data_version']),
    due: notifications.due,
    nextDue: notifications.nextDue,
    outbox: notifications.outbox,
    backlog: notifications.backlog,
    tried: notifications.tried,
    deliveries: deliveries.deliveries,
    secret: asked.secret,
    forget: before => database.transaction(() => forget(before)),
    problems: () => rows.problems,
    close: () => database.close()
  }
}
