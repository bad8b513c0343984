import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openState, type StateStore } from './index.ts'
import { commitMails, RECIPIENTS, startMailing, type Mailing } from './testing/mailing.ts'
import { temporaryFolder } from './testing/samples.ts'
import { MailServer, PHASES, type Copy, type Fault, type Phase } from './testing/smtp.ts'

const COUNT = 6

let folder: ReturnType<typeof temporaryFolder>
let server: MailServer
let state: StateStore
let mailing: Mailing
beforeEach(async () => {
  folder = temporaryFolder()
  server = await new MailServer().start()
  state = openState(folder.path)
})
afterEach(async () => {
  await mailing.close()
  await server.stop()
  state.close()
  folder[Symbol.dispose]()
})

/** How often each recipient has got each mail: `MESSAGE-ID TO`. */
function received(copies: readonly Copy[]): Map<string, number> {
  const times = new Map<string, number>()
  for (const key of copies.flatMap(({ id, to }) => to.map(to => `${id} ${to}`)))
    times.set(key, (times.get(key) ?? 0) + 1)
  return times
}

/** Waits until something is so; the test's time limit ends it. */
async function until(is: () => boolean): Promise<void> {
  while (!is()) await delay(2)
}

async function start(more: { readonly patience?: number } = {}): Promise<void> {
  commitMails(state, COUNT)
  mailing = await startMailing(state, server.port, more)
}

/** Waits until nothing is left to do; then each recipient has got each mail once. */
async function allReceived(recipients: readonly string[]): Promise<void> {
  await until(() => state.backlog().waiting === 0)
  const times = received(server.copies.filter(({ taken }) => taken))
  expect([...times.values()]).toEqual(Array.from({ length: COUNT * recipients.length }, () => 1))
  expect(new Set(server.copies.flatMap(({ to }) => to))).toEqual(new Set(recipients))
  expect(new Set(server.copies.map(({ id }) => id)).size).toBe(COUNT)
}

/** Something goes wrong so many times. */
function fault(phase: Phase, fault: Fault, times: number, recipient = ''): void {
  let left = times
  server.fault = (at, to) =>
    at === phase && (recipient === '' || to === recipient) && left-- > 0 ? fault : undefined
}

describe('a mail server', () => {
  it('that is down is tried until it is there', async () => {
    await server.stop()
    await start()
    await until(() => mailing.records.length >= 2 * COUNT)
    const why: unknown = expect.stringContaining(`127.0.0.1:${server.port}`)
    expect(mailing.dispatcher.health()).toMatchObject({ waiting: COUNT, why })
    await server.start()
    await allReceived(RECIPIENTS)
    expect(mailing.dispatcher.latencies('mail')).toHaveLength(COUNT)
  })

  it('that is slow is waited for', async () => {
    server.fault = () => delay(20, undefined)
    await start()
    await allReceived(RECIPIENTS)
    expect(mailing.records.map(({ state }) => state)).toEqual(Array.from({ length: COUNT }, () => 'sent'))
  })

  it('that does not answer is left, and tried again', async () => {
    let silent = true
    server.fault = phase => (phase === 'rcpt' && silent ? new Promise(() => {}) : undefined)
    await start({ patience: 1000 })
    await until(() => mailing.records.length > 0)
    silent = false
    await allReceived(RECIPIENTS)
    const summary: unknown = expect.stringContaining('no answer within 1s')
    expect(mailing.records[0]).toMatchObject({ state: 'later', summary })
  })

  it('that refuses one recipient gives the others theirs', async () => {
    fault('rcpt', 550, Infinity, 'b@example.org')
    await start()
    await allReceived(['a@example.org'])
    expect(mailing.records.map(({ state }) => state)).toEqual(Array.from({ length: COUNT }, () => 'partly'))
    expect(mailing.records[0]?.summary).toMatch(
      /^accepted by a@example\.org; refused by b@example\.org: 550 as the test/
    )
  })

  it.each<[string, Phase, Fault, number, string?]>([
    ['puts one recipient off', 'rcpt', 451, 2 * COUNT, 'b@example.org'],
    ['puts all off', 'rcpt', 451, 4 * COUNT],
    ['has no time', 'connect', 421, 5],
    ['puts mails off', 'end', 451, COUNT],
    ['hangs up on whoever connects', 'connect', 'cut', 5],
    ['hangs up in the middle of mails', 'data', 'cut', COUNT],
    ['hangs up before it says that it has taken mails', 'end', 'cut', COUNT],
    ['hangs up after it has taken mails', 'done', 'cut', COUNT]
  ])('that %s gets each mail once in the end', async (_, ...wrong) => {
    fault(...wrong)
    await start()
    await allReceived(RECIPIENTS)
  })

  it('that refuses mails for good is not asked again', async () => {
    fault('end', 554, Infinity)
    await start()
    await until(() => mailing.records.length === COUNT)
    expect(mailing.records.map(({ state }) => state)).toEqual(Array.from({ length: COUNT }, () => 'failed'))
    expect([state.backlog().waiting, server.copies.filter(({ taken }) => taken)]).toEqual([0, []])
  })
})

describe('kill -9', () => {
  it.each(PHASES)('at %s: the mail arrives, and nobody sees it twice', async phase => {
    const script = fileURLToPath(new URL('./testing/mailer.ts', import.meta.url))
    const child = spawn(process.execPath, [script, folder.path, String(server.port)], { stdio: 'inherit' })
    server.fault = at => {
      if (at === phase) child.kill('SIGKILL')
      return undefined
    }
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
    server.fault = () => undefined
    mailing = await startMailing(state, server.port)
    await until(() => state.backlog().waiting === 0)
    const times = received(server.copies)
    expect([...times.keys()]).toEqual(RECIPIENTS.map(to => expect.stringMatching(`^<\\S+> ${to}$`)))
    // Where all of it may have been on its way, the same Message-ID may come once more, never a third time.
    const most = ['data', 'end', 'done'].includes(phase) ? 2 : 1
    for (const count of times.values()) expect(count).toBeLessThanOrEqual(most)
  })
})
