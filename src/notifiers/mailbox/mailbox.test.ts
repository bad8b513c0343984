import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { simpleParser } from 'mailparser'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { conformsToNotifier } from '../contract.ts'
import type { Notifier } from '../kind.ts'
import { HOSTILE_NOTIFICATION } from '../testing/hostile.ts'
import { HOSTILE_REPORT, REPORT } from '../testing/reports.ts'
import { NOTIFICATIONS } from '../testing/samples.ts'
import { dependenciesWithPage } from '../testing/dependencies.ts'
import { listMails, readMail } from './files.ts'
import { mailboxKind } from './index.ts'

const never = new AbortController().signal
let home: string
beforeEach(() => void (home = mkdtempSync(join(tmpdir(), 'visor-mailbox-'))))
afterEach(() => rmSync(home, { recursive: true }))

const box = (): string => join(home, 'mail')
const open = async (): Promise<Notifier> =>
  mailboxKind.open(mailboxKind.options.parse({}), dependenciesWithPage({ folder: home }))

describe('the contract of notifiers', () => {
  conformsToNotifier(async () => {
    // A file where the folder should be.
    let failed = false
    return {
      kind: mailboxKind,
      options: {},
      dependencies: { folder: home },
      named: box(),
      received: async () => {
        if (failed) return []
        const mails = (await listMails(box(), 10)).toReversed()
        const order = [
          NOTIFICATIONS.fired,
          NOTIFICATIONS.resolved,
          HOSTILE_NOTIFICATION,
          NOTIFICATIONS.test,
          REPORT,
          HOSTILE_REPORT
        ].map(({ id }) => id)
        const texts = await Promise.all(
          mails.map(async ({ name }) => [name, (await readMail(box(), name))?.text ?? ''] as const)
        )
        return order.flatMap(id => texts.find(([name]) => name.endsWith(id))?.[1] ?? [])
      },
      fail: () => {
        failed = true
        writeFileSync(box(), '')
      },
      [Symbol.asyncDispose]: async () => {}
    }
  })
})

describe('a mailbox', () => {
  it('holds mails that any mail program reads, for their owner alone', async () => {
    const mailbox = await open()
    await mailbox.send(NOTIFICATIONS.fired, [], never)
    const [file = ''] = readdirSync(box()).filter(name => name.endsWith('.eml'))
    const path = join(box(), file)
    const mail = await simpleParser(readFileSync(path))
    expect(file).toBe('20261125T140320Z-n-20261125-1f3a9c.eml')
    expect(mail.subject).toMatch(/^\[visor\] CRITICAL Many server errors/)
    expect([mail.text, mail.html].map(text => String(text).includes('203.0.113.9'))).toEqual([true, true])
    expect(statSync(path).mode & 0o777).toBe(0o600)
    await mailbox.close()
  })

  it('has the newest first, with what a list shows', async () => {
    const mailbox = await open()
    for (const notification of [NOTIFICATIONS.fired, NOTIFICATIONS.test, NOTIFICATIONS.fired])
      await mailbox.send(notification, [], never)
    const mails = await listMails(box(), 10)
    expect(mails).toEqual([
      {
        name: expect.stringMatching(/^20261125T140820Z-/),
        subject: '[visor] TEST A test of the receiver ops',
        date: NOTIFICATIONS.test.created,
        severity: 'info',
        occasion: 'test'
      },
      expect.objectContaining({ severity: 'critical', occasion: 'fired' })
    ])
    expect(await listMails(box(), 1)).toHaveLength(1)
    const mail = await readMail(box(), mails[1]?.name ?? '')
    expect([mail?.text, mail?.html].map(text => text?.includes('7.2 %'))).toEqual([true, true])
    await mailbox.close()
  })

  it('keeps the newest thousand', async () => {
    const mailbox = await open()
    await mailbox.send(NOTIFICATIONS.fired, [], never)
    for (let i = 0; i < 1005; i++)
      writeFileSync(join(box(), `20200101T000000Z-${String(i).padStart(4, '0')}.eml`), '')
    await mailbox.send(NOTIFICATIONS.test, [], never)
    const left = readdirSync(box()).filter(name => name.endsWith('.eml'))
    expect([left.length, left.filter(name => name.startsWith('2026')).length]).toEqual([1000, 2])
    expect(left).not.toContain('20200101T000000Z-0006.eml')
    await mailbox.close()
  })

  it('leaves nothing half written under the name of a mail', async () => {
    const mailbox = await open()
    await mailbox.send(NOTIFICATIONS.fired, [], never)
    writeFileSync(join(box(), '20261125T150000Z-x.eml.part'), 'half')
    writeFileSync(join(box(), '20261125T150000Z-y.eml'), 'without what the page needs')
    writeFileSync(join(box(), '20261125T150000Z-y.json'), '{"name":')
    expect(await listMails(box(), 10)).toHaveLength(1)
    expect(readdirSync(box()).filter(name => name.endsWith('.part'))).toEqual(['20261125T150000Z-x.eml.part'])
    await mailbox.close()
  })

  it('shows nothing from elsewhere', async () => {
    const mailbox = await open()
    await mailbox.send(NOTIFICATIONS.fired, [], never)
    writeFileSync(join(home, 'secret.json'), '{"text":"secret"}')
    for (const name of ['../secret', '..', '', 'x'.repeat(5000), '20261125T140320Z-/../../secret', 'a\0b'])
      expect(await readMail(box(), name)).toBeUndefined()
    expect(await listMails(join(home, 'nowhere'), 10)).toEqual([])
    await mailbox.close()
  })

  it.skipIf(process.getuid?.() === 0)(
    'names the folder where it may not write (needs another user than root)',
    async () => {
      chmodSync(home, 0o500)
      const mailbox = await open()
      await expect(mailbox.send(NOTIFICATIONS.fired, [], never)).rejects.toThrow(
        `${box()}: permission denied (EACCES)`
      )
      chmodSync(home, 0o700)
      await mailbox.close()
    }
  )
})
