import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { clfLines } from './clf.ts'
import { visor } from './visor.ts'
import { eventually, startWatching } from './watching.ts'

const ALONE = { folder: '700', file: '600', socket: '600' }
const GROUP = { folder: '750', file: '640', socket: '660' }

/** Of no user of any machine; only root can give files to it. */
const GID = 54_321

let [folder, home, mask] = ['', '', 0]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'visor-private-'))
  home = join(folder, 'home')
  mkdirSync(home)
  // The least careful of users: what is made without a mode is open to all.
  mask = process.umask(0)
})
afterEach(() => {
  process.umask(mask)
  rmSync(folder, { recursive: true })
})

/** All below a folder, and itself, with its kind, its mode in octal and its group. */
function walked(top: string) {
  const inner = readdirSync(top, { withFileTypes: true, recursive: true })
  return [top, ...inner.map(entry => join(entry.parentPath, entry.name))].map(path => {
    const facts = lstatSync(path)
    const kind = facts.isDirectory() ? 'folder' : facts.isSocket() ? 'socket' : 'file'
    return { path, kind, mode: (facts.mode & 0o777).toString(8), gid: facts.gid } as const
  })
}

/** What has another mode than it should; the folder that all is in is the user's. */
function wrong(modes: typeof ALONE): string[] {
  return walked(home)
    .slice(1)
    .flatMap(({ path, mode, kind }) => (mode === modes[kind] ? [] : [`${mode} ${path}`]))
}

/** Runs all that writes files at once: a log that is watched with results in a file, a mail, reports, a backup. */
async function writeEverything(more: object = {}): Promise<void> {
  const [log, config] = [join(folder, 'access.log'), join(folder, 'visor.json')]
  writeFileSync(log, clfLines(500))
  const receivers = { box: { type: 'mailbox' } }
  writeFileSync(config, JSON.stringify({ sources: { web: { path: log } }, receivers, ...more }))
  const env = { VISOR_HOME: home }
  const results = join(home, 'results.jsonl')
  const { visor: running, status } = await startWatching(['--config', config, '--output', results], { env })
  await eventually(status, ({ store }) => store.rows === 500)
  const shapes = ['txt', 'html', 'json', 'csv'].flatMap(shape => ['-o', join(home, `report.${shape}`)])
  for (const args of [
    ['alerts', 'test-receiver', 'box', '--config', config],
    ['report', '--config', config, '--last', '1h', ...shapes],
    ['store', 'backup', join(home, 'backups', 'monday'), '--config', config]
  ]) {
    const { exit, err } = await visor(args, { env })
    expect([exit, err]).toEqual([0, ''])
  }
  // While it runs, with its socket.
  const kinds = walked(home).map(({ kind }) => kind)
  expect(kinds).toContain('socket')
  expect(kinds.length).toBeGreaterThan(20)
  expect(wrong(more === GROUPED ? GROUP : ALONE)).toEqual([])
  await running.stop('SIGTERM')
  expect(wrong(more === GROUPED ? GROUP : ALONE)).toEqual([])
}

const GROUPED = { group: GID }

it('all that Visor writes is for its user alone, whatever the umask is', async () => {
  await writeEverything()
  // An older Visor, or a careless hand.
  for (const { path } of walked(home)) chmodSync(path, 0o777)
  const own = join(home, 'data', 'notes.txt')
  const elsewhere = join(folder, 'elsewhere')
  writeFileSync(own, 'mine')
  mkdirSync(elsewhere)
  writeFileSync(join(elsewhere, 'file'), 'mine')
  symlinkSync(elsewhere, join(home, 'data', 'visor.duckdb.tmp'))
  const args = [join(folder, 'access.log'), '--store', join(home, 'data')]
  const { visor: running } = await startWatching(args, { env: { VISOR_HOME: home } })
  await running.stop('SIGTERM')
  expect([own, elsewhere, join(elsewhere, 'file')].map(path => statSync(path).mode & 0o777)).toEqual([
    0o666, 0o777, 0o666
  ])
  // What is not Visor's alone keeps the folder as it is.
  const data = join(home, 'data')
  const open = walked(data).flatMap(({ path, mode }) => (mode.endsWith('00') ? [] : [path]))
  const link = join(data, 'visor.duckdb.tmp')
  expect(open).toEqual([data, own, link, join(link, 'file')])
})

it.skipIf(process.getuid?.() !== 0)('a configured group may read it, and nobody else', async () => {
  await writeEverything(GROUPED)
  const others = walked(join(home, 'data')).filter(({ gid }) => gid !== GID)
  expect(others).toEqual([])
})

it.skipIf(process.getuid?.() !== 0)("what root makes in another user's store is that user's", async () => {
  const [store, outside] = [join(home, 'data'), join(folder, 'outside')]
  for (const path of [folder, home]) chmodSync(path, 0o755)
  mkdirSync(store)
  chownSync(store, GID, GID)
  writeFileSync(outside, 'not of Visor')
  linkSync(outside, join(store, 'state.sqlite.hard'))
  symlinkSync(outside, join(store, 'state.sqlite.soft'))
  writeFileSync(join(store, 'notes.txt'), 'of root')
  const { exit } = await visor(['token', 'add', 'ada', '--role', 'act', '--store', store])
  expect(exit).toBe(0)
  const owned = (name: string): number => statSync(join(store, name)).uid
  expect(['state.sqlite', 'state.sqlite.hard', 'state.sqlite.soft', 'notes.txt'].map(owned)).toEqual([
    GID,
    0,
    0,
    0
  ])
  const log = join(folder, 'a.log')
  writeFileSync(log, clfLines(10))
  const { visor: running, status } = await startWatching([log, '--store', store], { uid: GID })
  await eventually(status, ({ store }) => store.rows === 10)
  await running.stop('SIGTERM')
  const [shrunk, asked] = [
    await visor(['store', 'shrink', '--store', store]),
    await visor(['alerts', 'list', '--store', store])
  ]
  expect([shrunk.exit, asked.exit]).toEqual([0, 0])
  const roots = readdirSync(store).filter(name => !/hard|soft|notes/.test(name) && owned(name) === 0)
  expect(roots).toEqual([])
})
