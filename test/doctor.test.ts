import { appendFileSync, closeSync, openSync, readdirSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { clfLines } from './clf.ts'
import { ownFolder } from './folder.ts'
import { visor } from './visor.ts'
import { eventually, metricOf, startWatching } from './watching.ts'

it('a damaged store is named, saved, and gets from the logs what it lost, once', async () => {
  const folder = ownFolder('doctor')
  const [log, store] = [join(folder, 'a.log'), join(folder, 'a')]
  writeFileSync(log, clfLines(500))
  const first = await startWatching([log, '--store', store])
  await eventually(first.status, ({ store }) => store.rows === 500)
  const running = await visor(['doctor', '--store', store])
  expect([running.exit, running.err]).toEqual([
    1,
    expect.stringContaining(`a Visor runs on the store ${store}`)
  ])
  await first.visor.stop('SIGTERM')
  const second = await startWatching([log, '--store', store])
  appendFileSync(log, clfLines(300))
  await eventually(second.status, ({ store }) => store.rows === 800)
  await second.visor.stop('SIGKILL')
  const file = openSync(join(store, 'visor.duckdb'), 'r+')
  writeSync(file, Buffer.alloc(4096), 0, 4096, 0)
  closeSync(file)

  const refused = await visor(['watch', log, '--store', store, '--port', '0'])
  expect(refused.exit).toBe(1)
  expect(refused.err).toContain(`the store ${join(store, 'visor.duckdb')} cannot be opened: it is damaged (`)
  expect(refused.err).toContain('`visor doctor --repair`')
  const found = await visor(['doctor', '--store', store])
  expect([found.exit, found.out]).toEqual([
    1,
    expect.stringContaining('visor.duckdb: damaged: it is damaged (')
  ])
  const repaired = await visor(['doctor', '--store', store, '--repair'])
  expect(repaired.exit).toBe(0)
  expect(repaired.out).toContain('it could be read only without what was stored since the last checkpoint')
  expect(repaired.out).toContain('500 of events')
  expect((await visor(['doctor', '--store', store])).out).toContain('visor.duckdb: in order, 500 lines kept')

  appendFileSync(log, clfLines(200))
  const last = await startWatching([log, '--store', store])
  await eventually(last.status, ({ store }) => store.rows >= 1000)
  expect(metricOf(await last.summary(), 'requests').count).toBe(1000)
  await last.visor.stop('SIGTERM')
})

it('a damaged state does not stop counting; it is told, and put aside', async () => {
  const folder = ownFolder('doctor')
  const [log, store] = [join(folder, 'a.log'), join(folder, 'a')]
  writeFileSync(log, clfLines(100))
  const first = await startWatching([log, '--store', store])
  await eventually(first.status, ({ store }) => store.rows === 100)
  await first.visor.stop('SIGTERM')
  writeFileSync(join(store, 'state.sqlite'), 'damaged'.repeat(1000))
  expect((await visor(['doctor', '--store', store])).out).toContain('state.sqlite: damaged: ')

  appendFileSync(log, clfLines(100))
  const { visor: watching, status } = await startWatching([log, '--store', store])
  const { problems } = await eventually(status, ({ store }) => store.rows === 200)
  expect(problems).toEqual([
    expect.stringMatching(
      /state\.sqlite .* is damaged, or no database of SQLite; the file is kept as .*state\.sqlite\.damaged-\d{8}T\d{6}Z; nothing of it could be read/
    )
  ])
  await eventually(
    async () => watching.err,
    err => err.includes(`visor: ${problems?.[0]}`)
  )
  expect(watching.err).toContain(`visor: ${problems?.[0]}`)
  await watching.stop('SIGTERM')
  expect(readdirSync(store).filter(name => name.startsWith('state.sqlite.damaged-'))).toHaveLength(1)
})

it('a state that is damaged while Visor runs is mended then, and counting goes on', async () => {
  const folder = ownFolder('doctor')
  const [log, store] = [join(folder, 'a.log'), join(folder, 'a')]
  writeFileSync(log, clfLines(100))
  const { visor: watching, status } = await startWatching([log, '--store', store])
  await eventually(status, ({ store }) => store.rows === 100)
  for (const name of ['state.sqlite', 'state.sqlite-wal'])
    writeFileSync(join(store, name), 'damaged'.repeat(200_000), { flag: 'r+' })
  const said = /state\.sqlite .*; the file is kept as .*state\.sqlite\.damaged-\d{8}T\d{6}Z; /
  const { problems = [] } = await eventually(status, ({ problems = [] }) =>
    problems.some(text => said.test(text))
  )
  expect(problems).toEqual([expect.stringMatching(said)])
  appendFileSync(log, clfLines(100))
  const { store: counted } = await eventually(status, ({ store }) => store.rows === 200)
  expect(counted.rows).toBe(200)
  expect((await watching.stop('SIGTERM')).exit).toBe(0)
  expect((await visor(['doctor', '--store', store])).out).toContain('state.sqlite: in order')
})
