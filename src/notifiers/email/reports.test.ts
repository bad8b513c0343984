import type { SMTPServerOptions } from 'smtp-server'
import { simpleParser } from 'mailparser'
import { describe, expect, it } from 'vitest'
import type { NotifierDependencies } from '../kind.ts'
import { reportNotification } from '../report.ts'
import { dependenciesOf } from '../testing/dependencies.ts'
import { MailServer } from '../testing/mail-server.ts'
import { HOSTILE_REPORT, REPORT, REPORT_DOCUMENT } from '../testing/reports.ts'
import { NOW } from '../testing/samples.ts'
import { emailKind } from './index.ts'

const never = new AbortController().signal
const [A, B, C] = ['a@example.org', 'b@example.org', 'c@example.org']

async function open(server: MailServer, more: object = {}, dependencies: Partial<NotifierDependencies> = {}) {
  const options = emailKind.options.parse({
    host: '127.0.0.1',
    port: server.port,
    to: [A, B],
    cc: C,
    ...more
  })
  return emailKind.open(options, dependenciesOf(dependencies))
}

const linked = (origin: string): Partial<NotifierDependencies> => ({
  subscriptions: {
    has: () => true,
    link: (schedule, address) => `${origin}/unsubscribe/${schedule}.${address}`
  }
})

describe('a report by mail', () => {
  it('has text, HTML and its chart, and goes to each apart', async () => {
    await using server = await MailServer.start()
    const mail = await open(server)
    expect(await mail.send(REPORT, [], never)).toEqual({ accepted: [A, B, C], refused: [], later: [] })
    expect(server.mails.map(({ to }) => to)).toEqual([[A], [B], [C]])
    const { mail: parsed } = server.mails[0]!
    expect(parsed.subject).toBe(`[visor] ${REPORT_DOCUMENT.subject}`)
    expect(parsed.text).toContain('1,204,331')
    expect(parsed.text).toContain(`Open in Visor: ${REPORT_DOCUMENT.link}`)
    const [image] = parsed.attachments
    expect(image).toMatchObject({ contentType: 'image/png', contentDisposition: 'inline', cid: 'chart-1' })
    expect(image?.content.subarray(1, 4).toString()).toBe('PNG')
    // mailparser puts images in where they are named.
    expect(parsed.html).toMatch(
      /<img src="data:image\/png;base64,[^"]{1000,}" [^>]*alt="Requests by hour\. requests: 851,091/
    )
    await mail.close()
  })

  it('has the same id each time, and is in one thread with the others of its schedule', async () => {
    await using server = await MailServer.start()
    const mail = await open(server, { to: A, cc: B })
    // Of the same period: an hour is told of by each of several runs where they are more frequent.
    const next = { receiver: 'ops', schedule: 'daily', run: 'daily-2', created: NOW + 1 }
    const other = reportNotification(REPORT_DOCUMENT, next)
    const part = reportNotification(REPORT_DOCUMENT, { ...next, part: 'shop' })
    for (const one of [REPORT, REPORT, other, part]) await mail.send(one, [B], never)
    const [first, again, second, third] = server.mails.map(({ mail }) => mail)
    expect(again?.messageId).toBe(first?.messageId)
    expect(second?.messageId).not.toBe(first?.messageId)
    expect(second?.references).toBe(first?.references)
    expect(third?.references).not.toBe(first?.references)
    expect(first?.headers.get('list')).toMatchObject({ id: { name: 'daily.reports.visor.web1.example.org' } })
    await mail.close()
  })

  it('has the files that go with it', async () => {
    await using server = await MailServer.start()
    const mail = await open(server, { to: A, cc: B })
    const attachments = [{ name: 'daily.csv', type: 'text/csv', text: 'a,b\r\n1,é\r\n' }]
    await mail.send({ ...REPORT, attachments }, [B], never)
    const file = server.mails[0]?.mail.attachments.find(({ filename }) => filename === 'daily.csv')
    expect([file?.contentType, file?.content.toString()]).toEqual(['text/csv', 'a,b\r\n1,é\r\n'])
    await mail.close()
  })

  it('of few lines is those alone', async () => {
    await using server = await MailServer.start()
    const mail = await open(server, { to: A, cc: B })
    await mail.send({ ...REPORT, plain: 'Basic:\n  Log count:\n  - 7\n' }, [B], never)
    const parsed = server.mails[0]?.mail
    expect(parsed?.text).toMatch(/^Basic:\n {2}Log count:\n {2}- 7\n/)
    expect([parsed?.html, parsed?.attachments]).toEqual([false, []])
    await mail.close()
  })

  it('goes to whom its schedule names', async () => {
    await using server = await MailServer.start()
    const mail = await open(server)
    expect((await mail.send({ ...REPORT, to: ['d@example.org'] }, [], never)).accepted).toEqual([
      'd@example.org'
    ])
    expect(server.mails.map(({ to }) => to)).toEqual([['d@example.org']])
    await mail.close()
  })

  it('has no header that a log has written', async () => {
    await using server = await MailServer.start()
    const mail = await open(server, { to: A, cc: B }, linked('https://visor.example.org'))
    await mail.send(HOSTILE_REPORT, [B], never)
    const head = server.mails[0]!.raw.split('\r\n\r\n', 1)[0]!
    expect(head).not.toMatch(/^bcc:/im)
    const parsed = await simpleParser(server.mails[0]!.raw)
    expect(parsed.bcc).toBeUndefined()
    expect(parsed.subject).toContain('first seen')
    await mail.close()
  })
})

describe('unsubscribing', () => {
  it.each([
    ['https://visor.example.org', 'List-Unsubscribe=One-Click'],
    ['http://visor.lan', undefined]
  ])('leads to the page at %s, each to his own', async (origin, click) => {
    await using server = await MailServer.start()
    const mail = await open(server, {}, linked(origin))
    await mail.send(REPORT, [], never)
    for (const [i, address] of [A, B, C].entries()) {
      const { raw, mail } = server.mails[i]!
      const head = raw.split('\r\n\r\n', 1)[0]!.replaceAll(/\r\n[ \t]/g, ' ')
      expect(/^List-Unsubscribe: (.*)$/m.exec(head)?.[1]?.trim()).toBe(
        `<${origin}/unsubscribe/daily.${address}>`
      )
      expect(/^List-Unsubscribe-Post: (.*)$/m.exec(head)?.[1]?.trim()).toBe(click)
      expect(mail.text).toContain(`Unsubscribe from this report: ${origin}/unsubscribe/daily.${address}`)
    }
    await mail.close()
  })

  it.each([
    [
      { from: 'ops@example.org' },
      /^List-Unsubscribe: <mailto:ops@example\.org\?subject=unsubscribe%20daily>/m
    ],
    [{}, undefined]
  ])('without a page that can be reached is by mail to %j', async (options, header) => {
    await using server = await MailServer.start()
    const mail = await open(server, { to: A, cc: B, ...options })
    await mail.send(REPORT, [B], never)
    const head = server.mails[0]!.raw.split('\r\n\r\n', 1)[0]!.replaceAll(/\r\n[ \t]/g, ' ')
    if (header) expect(head).toMatch(header)
    else expect(head).not.toContain('List-Unsubscribe')
    await mail.close()
  })

  it('is heeded: those get nothing, and where all have, that is said', async () => {
    await using server = await MailServer.start()
    const gone = new Set([A])
    const mail = await open(
      server,
      {},
      { subscriptions: { has: (schedule, address) => schedule !== 'daily' || !gone.has(address) } }
    )
    expect(await mail.send(REPORT, [], never)).toEqual({
      accepted: [B, C],
      refused: [],
      later: [],
      unwanted: [A]
    })
    gone.add('d@example.org')
    expect(await mail.send({ ...REPORT, to: ['d@example.org'] }, [], never)).toEqual({
      accepted: [],
      refused: [],
      later: [],
      unwanted: ['d@example.org']
    })
    expect(server.mails).toHaveLength(2)
    await mail.close()
  })
})

describe('what goes wrong with one of several', () => {
  const refusing: SMTPServerOptions = {
    onRcptTo: ({ address }, _, done) =>
      done(address === B ? Object.assign(new Error('no such user'), { responseCode: 550 }) : null)
  }

  it('leaves the others what they have', async () => {
    await using server = await MailServer.start(refusing)
    const mail = await open(server)
    const sent = await mail.send(REPORT, [], never)
    expect([sent.accepted, sent.refused.map(({ to }) => to), sent.later]).toEqual([[A, C], [B], []])
    await mail.close()
  })

  it('is tried again where it may be taken later, and the first are not sent it twice', async () => {
    await using server = await MailServer.start({
      onMailFrom: (_address, _session, done) =>
        done(server.mails.length > 0 ? Object.assign(new Error('busy'), { responseCode: 451 }) : null)
    })
    const mail = await open(server)
    const sent = await mail.send(REPORT, [], never)
    expect([sent.accepted, sent.later.map(({ to }) => to)]).toEqual([[A], [B, C]])
    await mail.close()
  })

  it('is of those who were to get it alone', async () => {
    const server = await MailServer.start()
    const mail = await open(server)
    await server[Symbol.asyncDispose]()
    const { accepted, later } = await mail.send(
      { ...REPORT, to: ['d@example.org', 'e@example.org'] },
      [],
      never
    )
    expect([accepted, later.map(({ to }) => to)]).toEqual([[], ['d@example.org', 'e@example.org']])
    expect(later[0]?.why).toMatch(/^smtp 127\.0\.0\.1:\d+: /)
    await mail.close()
  })

  it('never takes longer than the outbox waits', async () => {
    await using server = await MailServer.start()
    let now = NOW
    const mail = await open(server, {}, { clock: () => (now += 40_000) })
    const { accepted, later } = await mail.send(REPORT, [], never)
    expect([accepted, later]).toEqual([[A], [B, C].map(to => ({ to, why: 'its turn has not come yet' }))])
    await mail.close()
  })
})
