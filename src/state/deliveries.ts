import type { DeliveryRecord, Notification } from '../alerts/model.ts'
import type { StateDatabase } from './database.ts'
import type { JsonRows } from './rows.ts'
import type { StateStore } from './types.ts'

type Deliveries = Pick<StateStore, 'deliveries'> & {
  /** Remembers which alerts a notification contains; a report is of none. To be called in a transaction, as the others are. */
  readonly contains: (notification: Notification) => void
  readonly add: (record: DeliveryRecord) => void
}

/** The history of what became of notifications. */
export function deliveryRecords(database: StateDatabase, rows: JsonRows): Deliveries {
  return {
    deliveries: ({ alert, rule, since, limit }) =>
      rows.newest(
        'deliveries',
        'at',
        {
          'notification in (select notification from notified where alert = ?)': alert,
          'notification in (select notification from notified where rule = ?)': rule,
          'at >= ?': since
        },
        limit
      ),
    contains: notification => {
      if (notification.occasion === 'report') return
      const { id, firing, resolved } = notification
      for (const alert of [...firing, ...resolved])
        database.insert('notified', { alert: alert.id, notification: id, rule: alert.rule }, 'or ignore')
    },
    add: record => add(database, rows, record)
  }
}

/** Adds a record. Of tries that meet with the same again and again, the last one is kept. */
function add(database: StateDatabase, rows: JsonRows, record: DeliveryRecord): void {
  const { notification, at, state, summary } = record
  const sql = 'select seq, data from deliveries where notification = ? order by seq desc limit 1'
  const [row] = database.all(sql, [notification])
  const [last] = row ? rows.parse<DeliveryRecord>('deliveries', row, row['data']) : []
  if (row && state === 'later' && last?.state === 'later' && last.summary === summary)
    database.run('delete from deliveries where seq = ?', [row['seq'] ?? null])
  database.insert('deliveries', { notification, at, data: JSON.stringify(record) })
}
