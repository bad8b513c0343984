import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ownFolder } from './folder.ts'
import { visor } from './visor.ts'
import { startWatching } from './watching.ts'

const LOG = 'test/samples/combined.log'

const status = async (address: string, headers: Readonly<Record<string, string>> = {}): Promise<number> =>
  (await fetch(`${address}api/status`, { headers })).status

it('does not show the page to others than this machine before there is a token', async () => {
  const store = join(ownFolder('open'), 'store')
  const watch = (...more: string[]): ReturnType<typeof visor> =>
    visor(['watch', LOG, '--store', store, '--port', '0', '--host', '0.0.0.0', ...more])
  const open = await watch()
  expect([open.exit, open.out]).toEqual([2, ''])
  expect(open.err).toContain('everybody who reaches it could read the logs')
  expect(open.err).toContain('`page: { access: token }`')
  const empty = await watch('--access', 'token')
  expect([empty.exit, empty.out]).toEqual([2, ''])
  expect(empty.err).toContain('visor token add')
  const added = await visor(['token', 'add', 'ada', '--role', 'read', '--store', store])
  const token = { authorization: `Bearer ${added.out.trim()}` }
  const watching = await startWatching([LOG, '--store', store, '--host', '0.0.0.0', '--access', 'token'])
  await watching.visor.until(/the page listens on 0\.0\.0\.0 and asks everybody for a token/)
  expect([await status(watching.address), await status(watching.address, token)]).toEqual([401, 200])
  await watching.visor.stop('SIGTERM')
})

it('lets people in and out while it runs: tokens, and links of the command line', async () => {
  const store = join(ownFolder('tokens'), 'store')
  const { address, visor: running } = await startWatching([LOG, '--store', store, '--access', 'token'])
  const run = (...args: string[]): ReturnType<typeof visor> => visor([...args, '--store', store])
  const added = await run('token', 'add', 'ada', '--role', 'act')
  expect(added.out).toMatch(/^visor_[\w-]{43}\n$/)
  const token = { authorization: `Bearer ${added.out.trim()}` }
  const silence = (headers: Readonly<Record<string, string>>): Promise<Response> =>
    fetch(`${address}api/alerts/silence`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: 'severity:critical', reason: 'deploy', for: 3_600_000 })
    })
  expect([(await silence({})).status, (await silence(token)).status]).toEqual([401, 201])
  expect((await run('alerts', 'silences')).out).toMatch(/ada +severity:critical +deploy/)
  const again = await run('token', 'add', 'ada', '--role', 'act')
  expect([again.exit, again.err]).toEqual([2, expect.stringContaining('there is a token ada already')])
  expect((await run('token', 'list')).out).toMatch(/ada +act +20\S+ +20\S+ +never/)

  const login = await run('login')
  const link = login.out.trim()
  expect(link.startsWith(`${address}login/`)).toBe(true)
  const key = link.slice(`${address}login/`.length)
  const signIn = await fetch(`${address}login`, {
    method: 'POST',
    body: new URLSearchParams({ key }),
    redirect: 'manual'
  })
  const cookie = { cookie: (signIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '' }
  expect([signIn.status, (await silence(cookie)).status]).toEqual([303, 201])

  expect((await run('token', 'revoke', 'ada')).out).toContain('the token ada is revoked')
  expect([(await silence(token)).status, await status(address, cookie)]).toEqual([401, 200])
  expect((await run('token', 'list')).out).toContain('There are no tokens.')
  await running.stop('SIGTERM')
  const gone = await run('login')
  expect([gone.exit, gone.err]).toEqual([1, expect.stringContaining('no Visor runs on')])
})
