import type { DeliveryRecord, Notification, OutboxEntry, Remaining } from '../alerts/model.ts'
import type { Millis } from '../core/time.ts'
import type { StateDatabase, Row } from './database.ts'
import type { deliveryRecords } from './deliveries.ts'
import { restoredDocument } from '../reports/saved.ts'
import { atMost, type JsonRows } from './rows.ts'
import type { StateStore } from './types.ts'

/** After so many tries a receiver was down, and did not just stumble: when it takes a notification, that is over. */
const OUTAGE = 3

const COLUMNS = 'id, receiver, tries, due, done, refused, why, data'

/** The oldest notification of each receiver that can be sent. */
const DUE = `
  with under_way (id) as materialized (select value from json_each(?2))
  select ${COLUMNS} from outbox where seq in (
    select (
      select seq from outbox one
      where receiver = waits.receiver and due <= ?1 and id not in (select id from under_way)
        and not exists (
          select 1 from outbox before
          where before.receiver = one.receiver and before.thread_group = one.thread_group and before.seq < one.seq
            and before.due is not null and (before.holds or before.id in (select id from under_way))
        )
      order by seq limit 1
    ) from (select distinct receiver from outbox where due <= ?1) waits
  ) order by seq`

const BACKLOG = `
  select count(*) as waiting, min(created) as since,
    (select why from outbox where why is not null and due is not null order by seq limit 1) as why
  from outbox where due is not null`

type Outbox = Pick<StateStore, 'due' | 'nextDue' | 'outbox' | 'backlog' | 'tried'> & {
  /** To be called in a transaction. */
  readonly add: (notification: Notification) => void
}

/** Notifications on their way. */
export function outboxRecords(
  database: StateDatabase,
  rows: JsonRows,
  deliveries: Pick<ReturnType<typeof deliveryRecords>, 'contains' | 'add'>
): Outbox {
  const setAside = (row: Row, now: Millis): void => {
    database.run('update outbox set due = null where id = ?', [String(row['id'])])
    deliveries.add({
      notification: String(row['id']),
      receiver: String(row['receiver']),
      title: '',
      at: now,
      try: Number(row['tries']),
      state: 'failed',
      summary: 'it is damaged in the database'
    })
  }
  return {
    add: notification => {
      const { id, receiver, group, created } = notification
      const row = { id, receiver, thread_group: group, created, due: 0, data: JSON.stringify(notification) }
      // What has the same id is the same notification.
      database.insert('outbox', row, 'or ignore')
      deliveries.contains(notification)
    },
    due: (now, underWay) => {
      for (;;) {
        const found = database
          .all(DUE, [now, JSON.stringify(underWay)])
          .map(row => ({ row, one: outgoing(rows, row) }))
        const damaged = found.filter(({ one }) => one === undefined)
        if (damaged.length === 0) return found.flatMap(({ one }) => one ?? [])
        database.transaction(() => damaged.forEach(({ row }) => setAside(row, now)))
      }
    },
    nextDue: after => {
      const next = database.all('select min(due) as due from outbox where due > ?', [after])[0]?.['due']
      return typeof next === 'number' ? next : undefined
    },
    outbox: () =>
      database
        .all(`select ${COLUMNS} from outbox where due is not null order by seq limit ?`, [atMost(Infinity)])
        .flatMap(row => outgoing(rows, row) ?? []),
    backlog: () => {
      const { waiting, since, why } = database.all(BACKLOG)[0] ?? {}
      return {
        waiting: Number(waiting),
        ...(typeof since === 'number' && { since }),
        ...(typeof why === 'string' && { why })
      }
    },
    tried: (record, left) =>
      database.transaction(() => {
        note(database, record, left)
        deliveries.add(record)
      })
  }
}

function outgoing(rows: JsonRows, row: Row): OutboxEntry | undefined {
  const [notification] = rows.parse<Notification>('outbox', row, row['data'])
  const [done] = rows.parse<string[]>('outbox', row, row['done'])
  const [refused] = rows.parse<string[]>('outbox', row, row['refused'])
  if (!notification || !done || !refused) return undefined
  const { tries, due, why } = row
  return {
    notification:
      notification.occasion === 'report'
        ? { ...notification, document: restoredDocument(notification.document) }
        : notification,
    done,
    refused,
    tries: Number(tries),
    due: Number(due),
    ...(typeof why === 'string' && { why })
  }
}

function note(database: StateDatabase, record: DeliveryRecord, left: Remaining | undefined): void {
  const { notification, receiver, summary, latency } = record
  if (left) {
    const { done, refused, due } = left
    const holds = done.length + refused.length === 0 ? 1 : 0
    database.run(
      'update outbox set done = ?, refused = ?, due = ?, why = ?, tries = ?, holds = holds and ? where id = ?',
      [JSON.stringify(done), JSON.stringify(refused), due, summary, record.try, holds, notification]
    )
  } else database.run('delete from outbox where id = ?', [notification])
  // What has waited is tried at once, oldest first. What fails all the same has itself to blame, and holds nothing back.
  if (latency !== undefined)
    database.run(
      'update outbox set due = 0, holds = 0 where receiver = ? and id <> ? and holds and tries >= ? and due is not null',
      [receiver, notification, OUTAGE]
    )
}
