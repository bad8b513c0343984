import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { ROLES, type Role } from '../core/caller.ts'
import { VisorError } from '../core/errors.ts'
import { DAY_MS, MINUTE_MS, type Millis } from '../core/time.ts'
import type { Row, StateDatabase } from './database.ts'
import type { AccessRecords, AccessToken, Session } from './types.ts'

/** What secrets begin with, so that people and programs that look for lost ones know them. */
const PREFIX = 'visor_'
const SECRET_BYTES = 32

/** Sessions that there may be; the oldest are over when there are more. */
const MAX_SESSIONS = 500

/** How long a session lasts that nobody uses. */
const IDLE: Millis = 2 * DAY_MS

/** How exactly it is kept when something was last used. */
const USE: Millis = MINUTE_MS

/** Tokens and sessions. Another process may write them: each question reads them anew. */
export function accessRecords(database: StateDatabase): AccessRecords {
  const used = (table: 'tokens' | 'sessions', column: 'used' | 'seen', row: Row, now: Millis): void => {
    if (now - Number(row[column] ?? 0) < USE) return
    try {
      database.run(`update ${table} set ${column} = ? where rowid = ?`, [now, row['id'] ?? null])
    } catch (error) {
      // Nobody is turned away because that cannot be noted: a disk may be full.
      if (!(error instanceof VisorError)) throw error
    }
  }
  return {
    tokens: () => database.all('select * from tokens order by name').map(tokenIn),
    addToken: ({ name, role, created, expires = null }) => {
      const { secret, hash } = newSecret()
      const row = { name, hash, role, created, expires }
      const added = database.run(
        'insert or ignore into tokens (name, hash, role, created, expires) values (?, ?, ?, ?, ?)',
        Object.values(row)
      )
      return added > 0 ? secret : undefined
    },
    revokeToken: name =>
      database.transaction(() => {
        database.run('delete from sessions where token = ?', [name])
        return database.run('delete from tokens where name = ?', [name]) > 0
      }),
    tokenOf: (secret, now) => {
      const sql = 'select rowid as id, * from tokens where expires is null or expires > ?'
      const row = rowOf(database.all(sql, [now]), secret)
      if (row) used('tokens', 'used', row, now)
      return row && tokenIn(row)
    },
    beginSession: ({ name, role, token = null, expires }, now) => {
      const { secret, hash } = newSecret()
      database.transaction(() => {
        database.run('delete from sessions where expires <= ? or seen <= ?', [now, now - IDLE])
        database.run(
          'delete from sessions where seq not in (select seq from sessions order by seq desc limit ?)',
          [MAX_SESSIONS - 1]
        )
        database.insert('sessions', { hash, name, role, token, created: now, seen: now, expires })
      })
      return secret
    },
    sessionOf: (secret, now) => {
      const row = rowOf(
        database.all('select rowid as id, * from sessions where expires > ? and seen > ?', [now, now - IDLE]),
        secret
      )
      if (row) used('sessions', 'seen', row, now)
      return row && sessionIn(row)
    },
    endSession: secret => {
      const row = rowOf(database.all('select rowid as id, hash from sessions'), secret)
      if (row) database.run('delete from sessions where rowid = ?', [row['id'] ?? null])
    }
  }
}

function newSecret(): { readonly secret: string; readonly hash: Buffer } {
  const secret = PREFIX + randomBytes(SECRET_BYTES).toString('base64url')
  return { secret, hash: hashOf(secret) }
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** The row of a secret. All are compared, each in the same time, so that how long it takes tells nothing. */
function rowOf(rows: readonly Row[], secret: string): Row | undefined {
  const hash = hashOf(secret)
  return rows.filter(row => row['hash'] instanceof Uint8Array && timingSafeEqual(row['hash'], hash))[0]
}

function tokenIn({ name, role, created, used, expires }: Row): AccessToken {
  return {
    name: String(name),
    role: roleOf(role),
    created: Number(created),
    ...(used !== null && { used: Number(used) }),
    ...(expires !== null && { expires: Number(expires) })
  }
}

function sessionIn({ name, role, token, expires }: Row): Session {
  return {
    name: String(name),
    role: roleOf(role),
    ...(token !== null && { token: String(token) }),
    expires: Number(expires)
  }
}

/** A role that this version does not know may do the least. */
function roleOf(role: unknown): Role {
  return ROLES.find(known => known === role) ?? 'read'
}
