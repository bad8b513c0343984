import { randomBytes } from 'node:crypto'
import type { Silence } from '../alerts/model.ts'
import type { Millis } from '../core/time.ts'
import type { StateDatabase } from './database.ts'
import type { JsonRows } from './rows.ts'
import type { AcknowledgementRequest, StateStore } from './types.ts'

/** Bytes of a secret: as many as SHA-256 gives. */
const SECRET = 32

type Requests = Pick<
  StateStore,
  'silences' | 'addSilence' | 'endSilence' | 'acknowledge' | 'takeAcknowledgements' | 'secret'
> &
  Subscriptions & {
    /** Removes the acknowledgements that were taken; to be called in the transaction that holds what came of them. */
    readonly removeTaken: () => void
  }

type Subscriptions = Pick<StateStore, 'unsubscribed' | 'unsubscribe' | 'resubscribe'>

/** What users ask for, in whatever process, and the secrets that their links are signed with. */
export function requestRecords(database: StateDatabase, rows: JsonRows): Requests {
  // The last acknowledgement that was taken.
  let taken = 0
  return {
    ...subscriptionRecords(database),
    silences: () => rows.read('silences', 'select id, data from silences order by created, id'),
    addSilence: silence => writeSilence(database, silence),
    endSilence: (id, now) => database.transaction(() => endSilence(database, rows, id, now)),
    acknowledge: request => database.insert('acknowledgements', { data: JSON.stringify(request) }),
    takeAcknowledgements: () => {
      const sql = 'select seq, data from acknowledgements where seq > ? order by seq'
      const found = database.all(sql, [taken])
      taken = Number(found.at(-1)?.['seq'] ?? taken)
      return found.flatMap(row => rows.parse<AcknowledgementRequest>('acknowledgements', row, row['data']))
    },
    removeTaken: () => {
      database.run('delete from acknowledgements where seq <= ?', [taken])
    },
    secret: name => secret(database, name) ?? made(database, name)
  }
}

function subscriptionRecords(database: StateDatabase): Subscriptions {
  return {
    unsubscribed: () =>
      database
        .all('select schedule, address, at from unsubscribed order by schedule, address')
        .map(({ schedule, address, at }) => ({
          schedule: String(schedule),
          address: String(address),
          at: Number(at)
        })),
    unsubscribe: ({ schedule, address, at }) =>
      database.insert('unsubscribed', { schedule, address: address.toLowerCase(), at }, 'or ignore'),
    resubscribe: ({ schedule, address }) =>
      database.run('delete from unsubscribed where schedule = ? and address = ?', [
        schedule,
        address.toLowerCase()
      ]) > 0
  }
}

function writeSilence(database: StateDatabase, silence: Silence): void {
  const { id, created, ends } = silence
  database.insert('silences', { id, created, ends, data: JSON.stringify(silence) }, 'or replace')
}

function endSilence(database: StateDatabase, rows: JsonRows, id: string, now: Millis): boolean {
  const sql = 'select id, data from silences where id = ? and ends > ?'
  const [silence] = rows.read<Silence>('silences', sql, [id, now])
  if (silence) writeSilence(database, { ...silence, ends: now })
  return silence !== undefined
}

function secret(database: StateDatabase, name: string): Buffer | undefined {
  const value = database.all('select value from secrets where name = ?', [name])[0]?.['value']
  return value instanceof Uint8Array ? Buffer.from(value) : undefined
}

function made(database: StateDatabase, name: string): Buffer {
  const value = randomBytes(SECRET)
  database.insert('secrets', { name, value }, 'or ignore')
  // Another process may have been quicker.
  return secret(database, name) ?? value
}
