import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { ownFolder } from './folder.ts'
import { visor } from './visor.ts'
import { startWatching } from './watching.ts'

/** Waits until something is so; the test's time limit ends it. */
async function until(is: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await is())) await delay(50)
}

it('a running Visor takes its configuration anew: by command, by SIGHUP and when the file changes; what it says is JSON', async () => {
  const folder = ownFolder('reload')
  const config = join(folder, 'visor.yaml')
  const log = join(folder, 'a\u001b[31m.log')
  writeFileSync(log, '')
  const write = (names: readonly string[], more = ''): void =>
    writeFileSync(
      config,
      `store: { path: data }\nlog: { format: json }\n${more}sources:\n${names
        .map(name => `  ${name}: { path: ${JSON.stringify(log)} }\n`)
        .join('')}`
    )
  write(['one'])
  const { visor: running, status } = await startWatching(['--config', config])
  const sources = async (): Promise<string> => (await status()).sources.map(({ name }) => name).join()
  await until(
    async () =>
      await fetch(await address()).then(
        ({ status }) => status === 200,
        () => false
      )
  )

  write(['one', 'two'])
  expect(await visor(['reload', '--config', config])).toMatchObject({
    exit: 0,
    out: 'the new configuration is in effect: sources.two (added)\n'
  })
  expect(await sources()).toBe('one,two')

  write(['one'], 'wndow: 5s\n')
  const refused = await visor(['reload', '--config', config])
  expect(refused.exit).toBe(2)
  expect(refused.err).toMatch(/unknown setting "wndow"; did you mean "window"\?/)
  expect(await sources()).toBe('one,two')

  write(['one'], 'reload: on-request\n')
  running.signal('SIGHUP')
  await until(async () => (await sources()) === 'one')

  appendFileSync(log, 'no line of any format\n')
  await until(() => running.err.includes('does not follow') || running.err.includes('in effect'))
  const { exit, err } = await running.stop('SIGTERM')
  expect(exit).toBe(0)
  const said: Record<string, unknown>[] = err
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  for (const one of said)
    expect(Object.keys(one)).toEqual(expect.arrayContaining(['level', 'time', 'component', 'message']))
  expect(said.filter(({ component }) => component === 'configuration').length).toBeGreaterThanOrEqual(2)
  expect(err).not.toContain('\u001b')

  async function address(): Promise<string> {
    const [, found = ''] = await running.until(/live at (\S+)/)
    return `${found}ready`
  }
})

it('with reload: on-change the file is followed', async () => {
  const folder = ownFolder('reload')
  const config = join(folder, 'visor.yaml')
  const write = (name: string): void =>
    writeFileSync(config, `store: { path: data }\nreload: on-change\nsources: { ${name}: { path: a.log } }\n`)
  write('one')
  const { status, visor: running } = await startWatching(['--config', config])
  write('other')
  await until(async () => {
    const [source] = (await status()).sources
    if (source?.name === 'other') return true
    // The first change may have come before anybody looked.
    appendFileSync(config, '\n')
    return false
  })
  await running.stop('SIGTERM')
})
