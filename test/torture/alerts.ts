import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { seeded, type Random } from '../../src/generator/random.ts'
import { clf } from '../clf.ts'
import { freePort } from '../port.ts'
import { Daemon, killAgainAndAgain } from './daemon.ts'
import type { Verdict } from './files.ts'
import { Postbox } from './postbox.ts'

/**
 * Appends lines for so long (milliseconds) of which each deserves a mail, while Visor is killed and started again and the mail
 * server is down, refuses or drops connections at random. Each of them is to be mailed; and as one mail, however often that came.
 */
export async function tortureAlerts(seed: number, lasting: number): Promise<Verdict> {
  const folder = mkdtempSync(join(tmpdir(), 'visor-torture-'))
  const log = join(folder, 'access.log')
  writeFileSync(log, '')
  await using postbox = new Postbox(await freePort(), seeded(seed + 3))
  await postbox.open()
  const daemon = new Daemon(['--config', configure(folder, log, postbox.port)])
  await daemon.start()
  const ended = new AbortController()
  const troubles = [
    killAgainAndAgain(daemon, seeded(seed + 1), ended.signal),
    postbox.trouble(seeded(seed + 2), ended.signal)
  ]
  const lines = await append(log, seeded(seed), lasting)
  ended.abort()
  await Promise.all(troubles)
  await postbox.calm()
  for (let tries = 0; tries < 1200 && postbox.numbers.size < lines; tries++) await wait(50)
  // A second mail for one of them would come now.
  await wait(500)
  await daemon.stop()
  rmSync(folder, { recursive: true })
  return { lines, kills: daemon.kills, done: postbox.done, wrong: check(postbox, lines) }
}

/** Lines of which each has a mail of its own, fewer in half a minute than there may be alerts at once. Returns how many. */
async function append(log: string, random: Random, lasting: number): Promise<number> {
  const end = Date.now() + lasting
  let lines = 0
  for (; Date.now() < end; await wait(random() * 80)) {
    appendFileSync(log, `192.0.2.7 - - [${clf(new Date())}] "GET /alarm/${lines++} HTTP/1.1" 200 12\n`)
  }
  return lines
}

function configure(folder: string, log: string, port: number): string {
  const path = join(folder, 'visor.json')
  const mail = { type: 'email', host: '127.0.0.1', port, secure: 'none', from: 'visor@example.org' }
  const config = {
    sources: { web: { path: log, format: 'common' } },
    page: { port: 0 },
    store: { path: join(folder, 'store') },
    alerts: {
      defaults: false,
      rules: { alarm: { type: 'match', where: 'path:\\/alarm\\/*', by: ['path'], groupBy: ['path'] } }
    },
    receivers: { ops: { ...mail, to: ['ops@example.org'], rateLimit: { count: 1_000_000 } } }
  }
  writeFileSync(path, JSON.stringify(config))
  return path
}

function check({ numbers }: Postbox, lines: number): string[] {
  const all = Array.from({ length: lines }, (_, number) => number)
  return all.flatMap(number => {
    const mails = numbers.get(number)?.size ?? 0
    return mails === 1 ? [] : [`alert ${number} has ${mails} mails`]
  })
}
