import { closeSync, openSync, readdirSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { afterAll, expect, it } from 'vitest'
import { openOwnState, openState, salvageState, stateDamage, statePath } from './index.ts'
import { temporaryFolder, testAlert, testChanges } from './testing/samples.ts'

const NOW = Date.UTC(2026, 10, 30, 12, 15)
const PAGE = 4096
const folders = new DisposableStack()
afterAll(() => folders.dispose())

/** A state with many alerts, one silence and an address that has unsubscribed. */
function made(): string {
  const { path } = folders.use(temporaryFolder())
  const state = openState(path)
  state.commit(testChanges({ alerts: Array.from({ length: 2000 }, (_, i) => testAlert(`a${i}`)) }))
  state.addSilence({ id: 's', query: 'rule:x', author: 'me', reason: 'x', created: 1, ends: 2 })
  state.unsubscribe({ schedule: 'daily', address: 'me@example.org', at: 1 })
  state.close()
  return path
}

it('a state that is in order, or not there, is not touched', () => {
  const path = made()
  expect(stateDamage(statePath(path))).toBeUndefined()
  expect(stateDamage(statePath(`${path}/none`))).toBeUndefined()
  const { state, damage } = openOwnState(path, NOW)
  expect([damage, state.silences().length]).toEqual([undefined, 1])
  state.close()
  expect(readdirSync(path)).toEqual(['state.sqlite'])
})

it('what can be read of a damaged one is taken over, and the file is kept', () => {
  const path = made()
  const file = openSync(statePath(path), 'r+')
  const middle = Math.floor(statSync(statePath(path)).size / PAGE / 2) * PAGE
  // Pages of the table and of its index.
  writeSync(file, Buffer.alloc(8 * PAGE, 0xa5), 0, 8 * PAGE, middle)
  closeSync(file)
  const { state, damage } = openOwnState(path, NOW)
  const kept = state.alerts({ limit: 10_000 }).length
  expect(kept).toBeGreaterThan(1000)
  expect(kept).toBeLessThan(2000)
  expect([state.silences().length, state.unsubscribed().length]).toEqual([1, 1])
  expect(damage).toContain(
    `the file is kept as ${statePath(path)}.damaged-20261130T121500Z; rows that were saved: `
  )
  expect(damage).toContain('1 of silences')
  state.close()
  expect(readdirSync(path).toSorted()).toEqual(['state.sqlite', 'state.sqlite.damaged-20261130T121500Z'])
})

it('one that is open is mended, and goes on', () => {
  const path = made()
  const state = openState(path)
  expect(state.alerts({ limit: 10_000 }).length).toBe(2000)
  const file = openSync(statePath(path), 'r+')
  writeSync(file, Buffer.alloc(statSync(statePath(path)).size - 4 * PAGE, 0xa5), 0, undefined, 4 * PAGE)
  closeSync(file)
  expect(stateDamage(statePath(path))).toBeDefined()
  expect(state.mend(NOW)).toContain(`the file is kept as ${statePath(path)}.damaged-20261130T121500Z`)
  expect(stateDamage(statePath(path))).toBeUndefined()
  state.commit(testChanges({ alerts: [testAlert('b')] }))
  expect(state.alert('b')).toEqual(testAlert('b'))
  state.close()
})

it('an empty file is one that has lost all', () => {
  const path = made()
  truncateSync(statePath(path))
  expect(stateDamage(statePath(path))).toMatch(/ is empty$/)
  const { state, damage } = openOwnState(path, NOW)
  expect(damage).toContain('nothing of it could be read, so a new one begins')
  state.close()
})

it('of one that is no database nothing is, and a new one begins', () => {
  const path = made()
  writeFileSync(statePath(path), 'no database'.repeat(1000))
  expect(stateDamage(statePath(path))).toMatch(/is damaged, or no database of SQLite$/)
  expect(salvageState(statePath(path), NOW).tables).toEqual([])
  const state = openState(path)
  state.commit(testChanges({ alerts: [testAlert('b')] }))
  expect(state.alert('b')).toEqual(testAlert('b'))
  state.close()
})
