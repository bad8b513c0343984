import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { visor } from './visor.ts'
import { eventually, startWatching } from './watching.ts'

const folder = mkdtempSync(join(tmpdir(), 'visor-forget-'))
const path = (name: string): string => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const CLOCK = new Date().toISOString()
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
const AT = `${CLOCK.slice(8, 10)}/${MONTHS[Number(CLOCK.slice(5, 7)) - 1]}/${CLOCK.slice(0, 4)}:${CLOCK.slice(11, 19)} +0000`

const line = (client: string, target: string, user = '-', agent = 'curl/8'): string =>
  `${client} - ${user} [${AT}] "GET ${target} HTTP/1.1" 418 7 "-" "${agent}"\n`

/** Whose lines go, and others that resemble them. */
const [HIS, OTHER] = ['198.51.100.7', '198.51.100.77']

/** Whether a text is anywhere in the files of store and state, mailboxes included. */
const found = (text: string): string[] =>
  readdirSync(path('store'), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .filter(file => new RegExp(`${text.replaceAll('.', '\\.')}(?!\\d)`).test(readFileSync(file, 'latin1')))

const command = async (...args: string[]) => {
  const { exit, out, err } = await visor([...args, '--config', path('visor.yaml')])
  expect([args, exit, exit === 0 ? '' : err]).toEqual([args, 0, ''])
  return out
}

const counts = async (query: string): Promise<number> =>
  Number(JSON.parse(await command('query', query, '--stats', 'count', '--json')).count)

it('an address and a user are forgotten beside a running Visor and without one, nothing of them is left, counts stay', async () => {
  writeFileSync(
    path('visor.yaml'),
    `sources: { web: { path: access.log, format: combined } }
page: { port: 0 }
store: { path: store }
alerts: { rules: { tea: { type: count, where: 'status:418', by: client, over: 2, window: 10m } } }
`
  )
  const lines = [
    ...Array.from({ length: 5 }, (_, i) => line(HIS, `/private/${i}?x=only-his`, '-', 'his-browser/1')),
    ...Array.from({ length: 4 }, () => line(OTHER, '/tea')),
    line('192.0.2.1', `/seen?from=${HIS}`),
    line('192.0.2.2', '/tea', 'kimberley'),
    `of no format ${HIS}\n`,
    'of no format\n'
  ]
  writeFileSync(path('access.log'), lines.join(''))
  const { visor: running, status } = await startWatching(['--config', path('visor.yaml')])
  await eventually(status, ({ counters }) => counters.read === lines.length)
  await eventually(
    async () => found(HIS).length > 0 && (await command('alerts', 'list', '--json')),
    out => out !== false && JSON.parse(out).length === 2
  )
  const before = await counts('*')

  expect(await command('report', '-o', 'json', '--last', '1h')).toContain('his-browser')

  // Nobody is there to be asked.
  const refused = await visor(['forget', HIS, '--config', path('visor.yaml')])
  expect([refused.exit, refused.err]).toEqual([2, expect.stringContaining('--yes')])
  expect(refused.out).toMatch(/would be forgotten:\n {2}6 lines\n/)
  expect(await counts('*')).toBe(before)

  const done = JSON.parse(await command('forget', HIS, '--yes', '--json'))
  expect(done).toMatchObject({ lines: 6, rejected: 1 })
  expect(done.keys).toBeGreaterThan(0)
  expect(done.state).toBeGreaterThan(0)
  expect(await counts('*')).toBe(before - 6)
  expect(await counts(`client:${OTHER}`)).toBe(4)
  const totals = JSON.parse(await command('report', '-o', 'json', '--last', '1h'))
  expect(totals.metrics.requests.count).toBe(11)
  expect(JSON.stringify(totals)).not.toMatch(/his-browser\/1|\/private\/|\/seen/)

  // He comes again: that is a line as any other.
  appendFileSync(path('access.log'), line(HIS, '/again'))
  await eventually(status, ({ counters }) => counters.read === lines.length + 1)
  await eventually(
    () => counts(`client:${HIS}`),
    count => count === 1
  )
  await command('forget', HIS, '--yes')
  expect(JSON.parse(await command('acts', '--json')).map(({ what }: { what: string }) => what)).toContain(
    'forget'
  )
  await running.stop('SIGTERM')

  expect(JSON.parse(await command('forget', 'user:kimberley', '--yes', '--json'))).toMatchObject({ lines: 1 })
  await command('forget', HIS, '--yes')
  for (const text of [HIS, 'only-his', '/private/', 'his-browser/1', 'kimberley'])
    expect([text, found(text)]).toEqual([text, []])
  expect(await counts('*')).toBe(before - 7)
  expect(found(OTHER)).not.toEqual([])
})
