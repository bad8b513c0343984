import type { Act } from '../core/act.ts'
import { DAY_MS, HOUR_MS, type Millis } from '../core/time.ts'
import type { StateDatabase } from './database.ts'
import type { JsonRows } from './rows.ts'
import type { ActRecords } from './types.ts'

/** How long acts are kept; so many at most, and so many of those that were refused, which anybody can bring about. */
const KEPT: Millis = 366 * DAY_MS
const [MAX_DONE, MAX_REFUSED] = [100_000, 1000]

/** The same refused within so long is one line. */
const SAME: Millis = HOUR_MS

/** Characters of a text that others have made up. */
const MAX_TEXT = 500

/** The audit log. Another process may write it too. */
export function actRecords(database: StateDatabase, rows: JsonRows): ActRecords {
  return {
    addAct: given => {
      const act = { ...given, ...shortened(given) }
      const isRefused = act.result === 'refused'
      const key = isRefused ? keyOf(act) : null
      database.transaction(() => {
        const before = key === null ? undefined : sameBefore(database, rows, key, act.at)
        const times = (before?.act.times ?? 1) + (act.times ?? 1)
        const row = { at: act.at, key, data: JSON.stringify(before ? { ...act, times } : act) }
        if (before) database.run('delete from acts where seq = ?', [before.seq])
        database.insert('acts', row)
        database.run('delete from acts where at < ?', [act.at - KEPT])
        const [of, most] = isRefused ? ['key is not null', MAX_REFUSED] : ['key is null', MAX_DONE]
        database.run(
          `delete from acts where ${of} and seq not in (select seq from acts where ${of} order by seq desc limit ?)`,
          [most]
        )
      })
    },
    acts: ({ since, name, limit }) =>
      rows.newest('acts', 'at', { 'at >= ?': since, "data ->> 'name' = ?": name }, limit)
  }
}

function sameBefore(
  database: StateDatabase,
  rows: JsonRows,
  key: string,
  now: Millis
): { readonly seq: number; readonly act: Act } | undefined {
  const [row] = database.all(
    'select seq, data from acts where key = ? and at > ? order by seq desc limit 1',
    [key, now - SAME]
  )
  const [act] = row ? rows.parse<Act>('acts', row, row['data']) : []
  return row && act && { seq: Number(row['seq']), act }
}

function keyOf({ what, about, name, from, why }: Act): string {
  return JSON.stringify([what, about, name, from, why])
}

function shortened({ what, about, name, why }: Act): Partial<Act> {
  return {
    what: short(what),
    name: short(name),
    ...(about !== undefined && { about: short(about) }),
    ...(why !== undefined && { why: short(why) })
  }
}

function short(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text
}
