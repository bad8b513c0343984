import type { Alert } from '../alerts/model.ts'
import type { StateDatabase } from './database.ts'
import type { JsonRows } from './rows.ts'
import type { Changes, StateItem, Saved, StateStore } from './types.ts'

type AlertRecords = Pick<StateStore, 'alert' | 'alerts' | 'transitions'> & {
  readonly load: () => Pick<Saved, 'alerts' | 'groups' | 'receivers'>
  /** To be called in a transaction. */
  readonly write: (changes: Changes) => void
}

/** Alerts and what happened to them, and what alerting remembers of groups and receivers. */
export function alertRecords(database: StateDatabase, rows: JsonRows): AlertRecords {
  const items = (kind: string): StateItem[] =>
    rows.read('items', 'select id, data from items where kind = ? order by id', [kind])
  return {
    load: () => ({
      alerts: rows.read(
        'alerts',
        "select id, data from alerts where phase in ('pending', 'firing') order by since, id"
      ),
      groups: items('group'),
      receivers: items('receiver')
    }),
    alert: id => found(id, rows),
    alerts: ({ alert, rule, since, until, lasting, phase, limit }) =>
      rows.newest(
        'alerts',
        'since',
        {
          'id = ?': alert,
          'rule = ?': rule,
          'since >= ?': since,
          'since < ?': until,
          "(phase <> 'resolved' or resolved >= ?)": lasting,
          'phase = ?': phase
        },
        limit
      ),
    transitions: ({ alert, rule, since, until, limit }) =>
      rows.newest(
        'transitions',
        'at',
        { 'alert = ?': alert, 'rule = ?': rule, 'at >= ?': since, 'at < ?': until },
        limit
      ),
    write: changes => {
      for (const alert of changes.alerts) writeAlert(database, alert)
      for (const id of changes.dropped) database.run('delete from alerts where id = ?', [id])
      for (const item of changes.groups) writeItem(database, 'group', item)
      for (const item of changes.receivers) writeItem(database, 'receiver', item)
      for (const transition of changes.transitions) {
        const { at, alert, rule } = transition
        database.insert('transitions', { at, alert, rule, data: JSON.stringify(transition) })
      }
    }
  }
}

/** The alert of an id, or the only one whose id begins with it. */
function found(id: string, rows: JsonRows): Alert | undefined {
  const [exact] = rows.read<Alert>('alerts', 'select id, data from alerts where id = ?', [id])
  if (exact || id === '') return exact
  const [first, second] = rows.read<Alert>(
    'alerts',
    'select id, data from alerts where id > ? and id < ? limit 2',
    [id, `${id}\u{10ffff}`]
  )
  return second ? undefined : first
}

function writeAlert(database: StateDatabase, alert: Alert): void {
  const { id, rule, phase, since, resolved } = alert
  database.run(
    `insert into alerts (id, rule, phase, since, resolved, data) values (?, ?, ?, ?, ?, ?)
    on conflict (id) do update set phase = excluded.phase, resolved = excluded.resolved, data = excluded.data`,
    [id, rule, phase, since, resolved ?? null, JSON.stringify(alert)]
  )
}

function writeItem(database: StateDatabase, kind: string, item: StateItem): void {
  if (item.data === undefined) database.run('delete from items where kind = ? and id = ?', [kind, item.id])
  else database.insert('items', { kind, id: item.id, data: JSON.stringify(item) }, 'or replace')
}
