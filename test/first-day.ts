import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { MailServer } from '../src/notifiers/testing/mail-server.ts'
import { VERSION_1, writeDatabase } from '../src/store/testing/version-1.ts'
import { startVisor, visor, type RunOptions } from './visor.ts'

const line = (second: number): string =>
  `192.0.2.${second} - - [30/Nov/2026:12:00:0${second} +0000] "GET /${second} HTTP/1.1" 200 5 "-" "-"\n`

/**
 * The first day with an installed Visor, in a folder that it alone knows: it watches a log over the store of an older Visor, serves
 * its page, sends a mail, answers the terminal, ends when it is asked to, and goes on where it was.
 */
export async function firstDay(installed: RunOptions, folder: string): Promise<void> {
  await using mails = await MailServer.start()
  const log = join(folder, 'access.log')
  const store = join(folder, 'store')
  const config = join(folder, 'visor.yaml')
  mkdirSync(store, { mode: 0o700 })
  await writeDatabase(join(store, 'visor.duckdb'), VERSION_1)
  writeFileSync(log, line(1))
  writeFileSync(
    config,
    `sources: { web: { path: ${log} } }
store: { path: ${store} }
page: { port: 0 }
receivers: { ops: { type: email, to: ops@example.org, host: 127.0.0.1, port: ${mails.port}, secure: none } }
`
  )
  const options = { ...installed, env: { HOME: join(folder, 'home'), ...installed.env } }
  const count = async (): Promise<string | undefined> => {
    const { out, err } = await visor(['query', '--config', config, '--stats', 'count', '--csv'], options)
    expect(err).toBe('')
    return out.trim().split('\n').at(-1)
  }
  const first = startVisor(['watch', '--config', config], options)
  const [, address = ''] = await first.until(/live at (\S+)/)
  expect(await (await fetch(address)).text()).toContain('<div id="app">')
  // The line that the older Visor had, and the one of the log.
  await expect.poll(count, { timeout: 60_000 }).toBe('2')
  expect(await visor(['alerts', 'test-receiver', 'ops', '--config', config], options)).toMatchObject({
    exit: 0
  })
  await expect.poll(() => mails.mails.map(({ to }) => to)).toEqual([['ops@example.org']])
  expect(await first.stop('SIGTERM')).toMatchObject({ exit: 0 })
  appendFileSync(log, line(2))
  const second = startVisor(['watch', '--config', config], options)
  await second.until(/live at/)
  await expect.poll(count, { timeout: 60_000 }).toBe('3')
  expect(await second.stop('SIGTERM')).toMatchObject({ exit: 0 })
}
