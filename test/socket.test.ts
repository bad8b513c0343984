import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Act } from '../src/core/act.ts'
import { clfLines } from './clf.ts'
import { visor, type Outcome } from './visor.ts'
import { eventually, startWatching, type Watching } from './watching.ts'

/** Of no group or user of any machine: who runs Visor, an admin in its group, and somebody else. */
const [SERVICE, ADMIN, OTHER, GROUP] = [54_000, 54_001, 54_002, 54_321]

let [folder, config, store] = ['', '', '']
let running: Watching

/** Runs as a user, in a home of their own; nothing of the environment of the service is there. */
function as(uid: number, gid: number, ...args: string[]): Promise<Outcome> {
  const home = join(folder, String(uid))
  return visor([...args, '--config', config], {
    uid,
    gid,
    cwd: home,
    env: { HOME: home, XDG_CACHE_HOME: home, USER: '', LOGNAME: '', SUDO_USER: '' }
  })
}
const admin = (...args: string[]): Promise<Outcome> => as(ADMIN, GROUP, ...args)

async function printed(...args: string[]): Promise<string> {
  const { exit, out, err } = await admin(...args)
  expect([exit, err]).toEqual([0, ''])
  return out
}

describe.skipIf(process.getuid?.() !== 0)('beside a Visor of a service user, its group', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'visor-socket-'))
    chmodSync(folder, 0o755)
    config = join(folder, 'visor.yaml')
    for (const uid of [SERVICE, ADMIN, OTHER]) {
      mkdirSync(join(folder, String(uid)))
      chownSync(join(folder, String(uid)), uid, GROUP)
    }
    store = join(folder, String(SERVICE), 'store')
    // The log is for the service alone too, and the password of its mails.
    writeFileSync(join(folder, String(SERVICE), 'access.log'), clfLines(300))
    writeFileSync(
      config,
      `group: ${GROUP}
store: { path: ${store} }
sources: { web: { path: ${SERVICE}/access.log } }
reports: { daily: { every: 1d, receivers: box } }
alerts: { receivers: [box], rules: { many: { type: count, where: 'status:200', over: 5, window: 1m } } }
receivers: { box: { type: mailbox }, mail: { type: email, to: a@example.org, host: 127.0.0.1, port: 9, user: a, password: "\${MAIL_PASSWORD}" } }
`
    )
    running = await startWatching(['--config', config], {
      uid: SERVICE,
      gid: GROUP,
      cwd: folder,
      env: { MAIL_PASSWORD: 'secret', HOME: join(folder, String(SERVICE)) }
    })
    await eventually(running.status, ({ store }) => store.rows === 300)
    await eventually(running.status, ({ alerts }) => alerts?.firing.warning === 1)
    for (const name of readdirSync(store))
      if (statSync(join(store, name)).isFile()) chmodSync(join(store, name), 0o600)
    chmodSync(join(folder, String(SERVICE), 'access.log'), 0o600)
  })
  afterAll(async () => {
    await running.visor.stop('SIGTERM')
    rmSync(folder, { recursive: true })
  })

  it('does what there is to do about alerts', async () => {
    const [{ id }]: [{ id: string }] = JSON.parse(await printed('alerts', 'list', '--json'))
    expect(await printed('alerts', 'show', id)).toContain(id)
    expect(await printed('alerts', 'history')).toContain('fired')
    expect(await printed('alerts', 'explain', 'many')).toContain('firing')
    expect(await printed('alerts', 'ack', id, '--comment', 'on it', '--owner', 'ann')).toContain('by ann')
    expect(await printed('alerts', 'list')).toContain('acknowledged')
    const silenced = await printed('alerts', 'silence', 'rule:many', '--for', '1h', '--reason', 'tea')
    expect(await printed('alerts', 'silences')).toContain('tea')
    expect(await printed('alerts', 'silence', '--end', silenced.split(' ', 1)[0]!)).toContain('is over')
    expect(await printed('alerts', 'test-receiver', 'box')).toContain('accepted')
  })

  it('asks and looks after the store', async () => {
    expect(await printed('query', '--stats', 'count')).toContain('300')
    expect(await printed('sources')).toMatch(/access\.log .* read to its end|access\.log/)
    expect(await printed('report', '--last', '1h')).toContain('300')
    expect(await printed('report', '--preview', 'daily')).not.toBe('')
    expect(await printed('store', 'shrink')).toContain('before')
    const made = await printed('store', 'backup', 'copy')
    expect(made).toContain('300 lines')
    const files = readdirSync(join(folder, String(ADMIN), 'copy'))
    expect(files.toSorted()).toEqual(['mail', 'state.sqlite', 'visor.duckdb'])
  })

  it('is in the audit log, by its names', async () => {
    const made = await admin('token', 'add', 'rita', '--role', 'read')
    expect(made.out).toMatch(/^visor_/)
    const acts: Act[] = JSON.parse(await printed('acts', '--json'))
    const here = `uid ${ADMIN}`
    expect(acts.map(({ what, name, from, result }) => [what, name, from, result])).toEqual([
      ['acknowledge', 'ann', `socket, ${here}`, 'done'],
      ['silence', here, 'socket', 'done'],
      ['expire', here, 'socket', 'done'],
      ['test receiver', here, 'socket', 'done'],
      ['shrink store', here, 'socket', 'done'],
      ['back up', here, 'socket', 'done'],
      ['add token', here, 'socket', 'done']
    ])
    expect(acts.map(({ about }) => about)).toEqual([
      expect.stringMatching(/^many.*: on it$/),
      'rule:many for 1 h: tea',
      expect.stringMatching(/^silence \w+$/),
      'box',
      undefined,
      join(folder, String(ADMIN), 'copy'),
      'rita, role read'
    ])
    expect(await printed('acts')).toMatch(/ ann +admin +socket, uid \d+ +done +acknowledge: many/)
  })

  it.each([['alerts', 'list'], ['query', ''], ['sources'], ['store', 'shrink'], ['token', 'list']])(
    'tells who is not in it which one to join: visor %s %s',
    async (...args) => {
      const { exit, out, err } = await as(OTHER, OTHER, ...args.filter(Boolean))
      expect([exit, out]).toEqual([1, ''])
      expect(err).toContain(`is for the user ${SERVICE} and the group ${GROUP}, not for`)
      expect(err).toContain(`sudo usermod -aG ${GROUP} `)
    }
  )
})
