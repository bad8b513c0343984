import { appendFileSync, existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { clfLines } from './clf.ts'
import { ownFolder } from './folder.ts'
import { visor } from './visor.ts'
import { eventually, metricOf, startWatching } from './watching.ts'

it('a backup of a running store is restored, and goes on with every line once', async () => {
  const folder = ownFolder('backup')
  const [log, store, to] = [join(folder, 'a.log'), join(folder, 'store'), join(folder, 'backup')]
  writeFileSync(log, clfLines(500))
  const first = await startWatching([log, '--store', store])
  await eventually(first.status, ({ store }) => store.rows === 500)
  const made = await visor(['store', 'backup', to, '--store', store])
  expect([made.exit, made.err]).toEqual([0, ''])
  expect(made.out).toMatch(new RegExp(`^${to}: a backup of ${store}, 500 lines, .*B\n$`))
  expect(readdirSync(to).toSorted()).toEqual(['state.sqlite', 'visor.duckdb'])
  const again = await visor(['store', 'backup', to, '--store', store])
  expect([again.exit, again.err]).toEqual([1, expect.stringContaining(`${to} is not empty`)])
  const shrunk = await visor(['store', 'shrink', '--store', store])
  expect([shrunk.exit, shrunk.out]).toEqual([
    0,
    expect.stringMatching(/: \S+ \S?B before, \S+ \S?B after\n$/)
  ])
  appendFileSync(log, clfLines(300))
  await eventually(first.status, ({ store }) => store.rows === 800)
  const running = await visor(['store', 'restore', to, '--store', store])
  expect([running.exit, running.err]).toEqual([1, expect.stringContaining('a Visor runs on the store')])
  await first.visor.stop('SIGTERM')

  const restored = await visor(['store', 'restore', to, '--store', store])
  expect([restored.exit, restored.err]).toEqual([0, ''])
  expect(restored.out).toContain('500 lines')
  expect(readdirSync(store).filter(name => name.includes('before-restore')).length).toBeGreaterThanOrEqual(2)
  const none = await visor(['store', 'restore', join(folder, 'nothing'), '--store', store])
  expect([none.exit, none.err]).toEqual([1, expect.stringContaining('there is no backup in')])

  appendFileSync(log, clfLines(200))
  const last = await startWatching([log, '--store', store])
  await eventually(last.status, ({ store }) => store.rows >= 1000)
  expect(metricOf(await last.summary(), 'requests').count).toBe(1000)
  await last.visor.stop('SIGTERM')
  expect(existsSync(join(to, 'visor.duckdb.wal'))).toBe(false)
})
