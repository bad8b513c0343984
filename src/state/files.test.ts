import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, closeSync, openSync, readdirSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { stateContract } from './contract.ts'
import { StateDatabase } from './database.ts'
import { mayMount, Tmpfs } from '../system/testing/tmpfs.ts'
import { openState, statePath } from './index.ts'
import { MIGRATIONS } from './schema.ts'
import { temporaryFolder, testAlert, testChanges, testNotification } from './testing/samples.ts'

const PAGE = 4096
const folders = new DisposableStack()
afterAll(() => folders.dispose())

/** A folder that lasts until all tests are over. */
const folder = (): string => folders.use(temporaryFolder()).path

/** Does something to the database behind Visor's back. */
function meddle(path: string, sql: string): void {
  const database = new DatabaseSync(statePath(path))
  database.exec(sql)
  database.close()
}

stateContract('state in a file', () => openState(folder()))

describe('the file', () => {
  it('is made with its folder, for its owner only', () => {
    const path = join(folder(), 'a', 'b')
    const state = openState(path)
    state.commit(testChanges({ alerts: [testAlert('a')] }))
    const modes = readdirSync(path).map(name => [name, statSync(join(path, name)).mode & 0o777])
    expect(modes).toEqual([
      ['state.sqlite', 0o600],
      ['state.sqlite-shm', 0o600],
      ['state.sqlite-wal', 0o600]
    ])
    state.close()
  })

  it('has all after it was opened again, requests too that nothing was committed of', () => {
    const path = folder()
    const before = openState(path)
    before.commit(testChanges({ alerts: [testAlert('a')], notifications: [testNotification('n')] }))
    before.acknowledge({ alert: 'a', owner: 'me', comment: '', at: 1 })
    expect(before.takeAcknowledgements()).toHaveLength(1)
    const secret = before.secret('links')
    before.close()
    const after = openState(path)
    expect([after.alert('a'), after.secret('links')]).toEqual([testAlert('a'), secret])
    expect(after.due(0, []).map(({ notification }) => notification)).toEqual([testNotification('n')])
    expect(after.takeAcknowledgements()).toHaveLength(1)
    after.commit(testChanges({ alerts: [testAlert('a')] }))
    after.close()
    const last = openState(path)
    expect(last.takeAcknowledgements()).toEqual([])
    last.close()
  })

  it('of an older Visor becomes one of this, with all that is in it', () => {
    const path = folder()
    const { phase, since, ...alert } = testAlert('a')
    meddle(path, `${MIGRATIONS[0]}; pragma user_version = 1`)
    meddle(
      path,
      `insert into alerts (id, rule, phase, since, data)
       values ('a', 'errors', '${phase}', ${since}, '${JSON.stringify({ ...alert, phase, since })}')`
    )
    meddle(
      path,
      `insert into outbox (id, receiver, thread_group, created, due, data)
       values ('n', 'mail', 'g', 1, 0, '${JSON.stringify(testNotification('n'))}')`
    )
    const state = openState(path)
    expect(state.alert('a')).toEqual(testAlert('a'))
    expect(state.due(0, []).map(({ notification }) => notification)).toEqual([testNotification('n')])
    expect([state.reports({ limit: 1 }), state.unsubscribed()]).toEqual([[], []])
    state.unsubscribe({ schedule: 'daily', address: 'me@example.org', at: 1 })
    expect(state.unsubscribed()).toHaveLength(1)
    state.close()
  })

  it.each(MIGRATIONS.map((_, i) => i + 1))('of version %i is read and written as one of this', version => {
    const path = folder()
    meddle(path, `${MIGRATIONS.slice(0, version).join(';')}; pragma user_version = ${version}`)
    const state = openState(path)
    state.watching(1, 2)
    state.unsubscribe({ schedule: 'daily', address: 'me@example.org', at: 1 })
    state.commit(testChanges({ alerts: [testAlert('a')], notifications: [testNotification('n')] }))
    expect([
      state.watched({ from: 0, to: 3 }),
      state.unsubscribed().length,
      state.reports({ limit: 1 })
    ]).toEqual([[{ from: 1, to: 2 }], 1, []])
    state.close()
    const { user_version: now } = new DatabaseSync(statePath(path)).prepare('pragma user_version').get() ?? {}
    expect(now).toBe(MIGRATIONS.length)
  })

  it('is refused when it is of a newer Visor, and left as it is', () => {
    const path = folder()
    openState(path).close()
    meddle(path, 'pragma user_version = 99')
    expect(() => openState(path)).toThrow(
      expect.objectContaining({
        code: 'NEWER_FILE',
        message: `the state of alerts in ${statePath(path)} is of a newer Visor (its version is 99, this one knows ${MIGRATIONS.length})`
      })
    )
  })

  it('is refused when it is no database', () => {
    const path = folder()
    writeFileSync(statePath(path), 'not a database, but longer than its header would be'.repeat(20))
    expect(() => openState(path)).toThrow(
      `${statePath(path)} cannot be opened: it is damaged, or no database of SQLite`
    )
  })

  it('is reported when pages of it are damaged', () => {
    const path = folder()
    const state = openState(path)
    state.commit(testChanges({ alerts: Array.from({ length: 50 }, (_, i) => testAlert(`a${i}`)) }))
    state.close()
    const file = openSync(statePath(path), 'r+')
    const size = statSync(statePath(path)).size
    for (let at = PAGE; at < size; at += PAGE) writeSync(file, Buffer.alloc(PAGE, 0xa5), 0, PAGE, at)
    closeSync(file)
    // What its tables are is on one of those pages, or not: it cannot even be opened, or not be read.
    const load = (): void => {
      const damaged = openState(path)
      try {
        damaged.load()
      } finally {
        damaged.close()
      }
    }
    expect(load).toThrow(/state\.sqlite cannot be (opened|read): it is damaged$/)
  })

  it.skipIf(process.getuid?.() === 0)('is reported when it may not be written', () => {
    const path = folder()
    openState(path).close()
    chmodSync(statePath(path), 0o400)
    chmodSync(path, 0o500)
    expect(() => openState(path)).toThrow(/state\.sqlite cannot be opened: permission denied/)
    chmodSync(path, 0o700)
  })

  it('keeps all or nothing of what does not fit on the disk', () => {
    const database = new StateDatabase(statePath(folder()))
    database.run('pragma max_page_count = 40')
    const write = (): void => {
      for (let i = 0; i < 1000; i++)
        database.run("insert into items (kind, id, data) values ('group', ?, ?)", [i, 'x'.repeat(1000)])
    }
    expect(() => database.transaction(write)).toThrow(
      /cannot be written: the disk of \S+ is full \(mount point \S+: \S+ \S?B of \S+ \S?B are free\)$/
    )
    expect(database.all('select * from items')).toEqual([])
    database.transaction(() =>
      database.run("insert into items (kind, id, data) values ('group', 'small', '1')")
    )
    expect(database.all('select id from items')).toEqual([{ id: 'small' }])
    database.close()
  })
})

it.skipIf(!mayMount)('goes on while its disk is full, from what it keeps for that', () => {
  using disk = new Tmpfs('6m')
  const state = openState(disk.path)
  state.reserve()
  disk.fill()
  for (let i = 0; i < 1000; i++) state.commit(testChanges({ alerts: [testAlert('a', { bad: i })] }))
  state.commit(testChanges({ notifications: [testNotification('n')] }))
  expect([state.alert('a'), state.due(0, []).length]).toEqual([testAlert('a', { bad: 999 }), 1])
  const all = Array.from({ length: 5000 }, (_, i) => testAlert(`b${i}`))
  expect(() => state.commit(testChanges({ alerts: all }))).toThrow(
    `${statePath(disk.path)} cannot be written: the disk of ${disk.path} is full (mount point ${disk.path}: 0 B of 6.3 MB are free)`
  )
  expect(state.alert('b0')).toBeUndefined()
  disk.resize('60m')
  state.commit(testChanges({ alerts: all }))
  expect(state.alert('b4999')).toEqual(testAlert('b4999'))
  state.close()
})

it('damaged rows are left out and reported, the others are there', () => {
  const path = folder()
  const state = openState(path)
  const notifications = ['n1', 'n2'].map(id => testNotification(id))
  state.commit(testChanges({ alerts: [testAlert('a'), testAlert('b')], notifications }))
  meddle(path, "update alerts set data = substr(data, 1, 20) where id = 'a'")
  meddle(path, "update outbox set data = 'null' where id = 'n1'")
  for (let i = 0; i < 2; i++) expect(state.load().alerts.map(({ id }) => id)).toEqual(['b'])
  expect(state.outbox().map(({ notification }) => notification.id)).toEqual(['n2'])
  expect(state.due(0, []).map(({ notification }) => notification.id)).toEqual(['n2'])
  expect(state.deliveries({ limit: 10 })).toMatchObject([{ notification: 'n1', state: 'failed' }])
  expect(state.backlog().waiting).toBe(1)
  expect(state.problems()).toEqual([
    expect.stringMatching(/^alerts a is damaged: .*JSON/),
    'outbox n1 is damaged: its text is no object'
  ])
  state.close()
})

describe('several processes', () => {
  const COUNT = 100
  const start = (path: string): ChildProcess => {
    const script = fileURLToPath(new URL('./testing/peer.ts', import.meta.url))
    return spawn(process.execPath, [script, path, String(COUNT)], { stdio: ['ignore', 'pipe', 'inherit'] })
  }

  it('make and use one state at the same time', async () => {
    const path = folder()
    const peers = Array.from({ length: 3 }, () => start(path))
    const codes = await Promise.all(peers.map(async peer => (await once(peer, 'exit'))[0]))
    expect(codes).toEqual([0, 0, 0])
    const state = openState(path)
    expect(state.transitions({ limit: 1000 })).toHaveLength(3 * COUNT)
    expect(state.takeAcknowledgements()).toHaveLength(3 * COUNT)
    state.close()
  })

  it('see that another has written, and lose nothing of it', async () => {
    const path = folder()
    const state = openState(path)
    const version = state.version()
    state.commit(testChanges({ alerts: [testAlert('a')] }))
    expect(state.version()).toBe(version)
    const peer = start(path)
    let over = false
    const exit = once(peer, 'exit').finally(() => (over = true))
    let taken = 0
    for (let at = 0, last = false; !last; at++) {
      last = over
      const requests = state.takeAcknowledgements()
      taken += requests.length
      state.commit(testChanges({ alerts: [testAlert('a', { bad: at })] }))
      await new Promise(resolve => setImmediate(resolve))
    }
    expect((await exit)[0]).toBe(0)
    expect(taken).toBe(COUNT)
    expect(state.version()).not.toBe(version)
    expect(state.transitions({ limit: 1000 })).toHaveLength(COUNT)
    state.close()
  })
})
