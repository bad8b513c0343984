import { describe, expect, it } from 'vitest'
import type { SMTPServerOptions } from 'smtp-server'
import { until } from '../../sources/testing/client.ts'
import { conformsToNotifier } from '../contract.ts'
import { Refused } from '../kind.ts'
import { MailServer } from '../testing/mail-server.ts'
import { HOSTILE_NOTIFICATION } from '../testing/hostile.ts'
import { NOTIFICATIONS } from '../testing/samples.ts'
import { emailKind } from './index.ts'
import { failing, errorMessageOf, openMail } from './testing/open.ts'

const never = new AbortController().signal

describe('the contract of notifiers', () => {
  conformsToNotifier(async () => {
    let stalled = false
    const server = await MailServer.start({
      disabledCommands: ['STARTTLS'],
      onAuth: ({ username, password }, _, done) =>
        password === 'se-cret-77' ? done(null, { user: username }) : done(new Error(`not ${password}`)),
      onMailFrom: (_address, _session, done) => (stalled ? undefined : done())
    })
    return {
      kind: emailKind,
      options: {
        to: 'a@example.org',
        host: '127.0.0.1',
        port: server.port,
        user: 'me',
        password: 'se-cret-77'
      },
      named: `smtp 127.0.0.1:${server.port}`,
      secrets: ['se-cret-77'],
      received: () => server.mails.map(({ mail }) => mail.text ?? ''),
      fail: () => server[Symbol.asyncDispose](),
      hang: () => void (stalled = true),
      open: () => server.sockets.size,
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]()
    }
  })
})

describe('a mail', () => {
  it('goes to all over a session that is open before, and stays open', async () => {
    await using server = await MailServer.start()
    const mail = await openMail(server, { cc: 'c@example.org' })
    await until(() => server.sockets.size === 1)
    expect(await mail.send(NOTIFICATIONS.fired, [], never)).toEqual({
      accepted: ['a@example.org', 'b@example.org', 'c@example.org'],
      refused: [],
      later: []
    })
    const before = server.connections
    await mail.send(NOTIFICATIONS.resolved, [], never)
    expect(server.connections).toBe(before)
    expect(server.mails[0]).toMatchObject({
      from: 'visor@web1.example.org',
      to: ['a@example.org', 'b@example.org', 'c@example.org']
    })
    await mail.close()
  })

  it('has the same id each time, threads, and headers that keep robots from answering', async () => {
    await using server = await MailServer.start()
    const mail = await openMail(server)
    for (const notification of [NOTIFICATIONS.fired, NOTIFICATIONS.fired, NOTIFICATIONS.resolved])
      await mail.send(notification, [], never)
    const [first, again, last] = server.mails.map(({ mail }) => mail)
    const id = '<n-20261125-1f3a9c@web1.example.org>'
    expect([first?.messageId, again?.messageId, last?.inReplyTo, last?.references]).toEqual([id, id, id, id])
    expect(first?.subject).toBe(
      '[visor] CRITICAL Many server errors on shop.example.org: 7.2 % of 1,204 requests in 1m (limit 5 %, usual 0.3 %)'
    )
    expect(Object.fromEntries(first?.headers ?? [])).toMatchObject({
      'auto-submitted': 'auto-generated',
      'x-auto-response-suppress': 'All',
      'x-visor-rule': 'server-errors',
      priority: 'high',
      date: new Date(NOTIFICATIONS.fired.created)
    })
    expect(server.mails[0]?.raw).toContain('List-ID: <ops.visor.web1.example.org>\r\n')
    await mail.close()
  })

  it('has no headers and no recipients that a log has written', async () => {
    await using server = await MailServer.start()
    const mail = await openMail(server)
    await mail.send(HOSTILE_NOTIFICATION, [], never)
    const [received] = server.mails
    const names = received?.mail.headerLines.map(({ key }) => key) ?? []
    expect(names).not.toContain('bcc')
    expect(new Set(names).size).toBe(names.length)
    expect(received?.to).toEqual(['a@example.org', 'b@example.org'])
    expect(received?.mail.subject).toMatch(/^\[visor\] CRITICAL New error .*\\r\\nBcc: victim/)
    expect(received?.mail.subject?.length).toBeLessThanOrEqual(180)
    expect(received?.raw.length).toBeLessThan(250_000)
    await mail.close()
  })

  it('goes over another session when the server has hung up on the idle one', async () => {
    await using server = await MailServer.start()
    const mail = await openMail(server)
    await mail.send(NOTIFICATIONS.fired, [], never)
    server.hangUp()
    const sent = await mail.send(NOTIFICATIONS.resolved, [], never)
    expect([sent.accepted.length, server.mails.length]).toEqual([2, 2])
    await mail.close()
  })

  it('finds a session open again after the server has hung up', async () => {
    await using server = await MailServer.start()
    const mail = await openMail(server)
    await mail.send(NOTIFICATIONS.fired, [], never)
    const before = server.connections
    server.hangUp()
    await until(() => server.connections > before && server.sockets.size > 0)
    await mail.close()
  })
})

describe('a session', () => {
  it('is opened for each mail that waits, and no more', async () => {
    await using server = await MailServer.start()
    const mail = await openMail(server)
    const sendFive = async (): Promise<void> => {
      for (let i = 0; i < 5; i++) await mail.send(NOTIFICATIONS.fired, [], never)
    }
    await Promise.all([sendFive(), sendFive(), sendFive(), sendFive()])
    expect([server.mails.length, server.connections <= 4]).toEqual([20, true])
    await mail.close()
  })

  it('that cannot be opened does not keep mails from the one there is', async () => {
    let sessions = 0
    await using server = await MailServer.start({
      onConnect: (_session, done) => done(sessions++ > 0 ? failing(421, 'too many') : null)
    })
    const mail = await openMail(server)
    await until(() => server.sockets.size === 1)
    const all = await Promise.all(Array.from({ length: 4 }, () => mail.send(NOTIFICATIONS.fired, [], never)))
    expect(all.map(({ accepted }) => accepted.length)).toEqual([2, 2, 2, 2])
    await mail.close()
  })

  it.each(['localhost', '127.0.0.1'])(
    'that is being opened with %s is no hindrance to closing',
    async host => {
      await using server = await MailServer.start()
      const mail = await openMail(server, { host })
      const sent = errorMessageOf(mail.send(NOTIFICATIONS.fired, [], never))
      await mail.close()
      expect(await sent).toContain('it is closed')
    }
  )
})

describe('recipients', () => {
  const picky = (codes: Readonly<Record<string, number>>): SMTPServerOptions => ({
    onRcptTo: ({ address }, _session, done) => {
      const code = codes[address]
      done(code === undefined ? null : failing(code, code < 500 ? 'greylisted' : 'no such user'))
    }
  })

  it('are reported one by one: accepted, refused, later', async () => {
    await using server = await MailServer.start(picky({ 'b@example.org': 550, 'c@example.org': 451 }))
    const mail = await openMail(server, { to: ['a@example.org', 'b@example.org', 'c@example.org'] })
    expect(await mail.send(NOTIFICATIONS.fired, [], never)).toEqual({
      accepted: ['a@example.org'],
      refused: [{ to: 'b@example.org', why: expect.stringMatching(/^550 .*no such user/) }],
      later: [{ to: 'c@example.org', why: expect.stringMatching(/^451 .*greylisted/) }]
    })
    await mail.send(NOTIFICATIONS.fired, ['a@example.org', 'b@example.org'], never)
    expect(server.mails.map(({ to }) => to)).toEqual([['a@example.org']])
    await mail.close()
  })

  it('that are all refused are reported one by one, too', async () => {
    await using server = await MailServer.start(picky({ 'a@example.org': 550, 'b@example.org': 553 }))
    const mail = await openMail(server)
    const sent = await mail.send(NOTIFICATIONS.fired, [], never)
    expect([sent.accepted, sent.refused.map(({ to }) => to), sent.later]).toEqual([
      [],
      ['a@example.org', 'b@example.org'],
      []
    ])
    await mail.close()
  })

  it('are plain addresses, with domains as mail servers know them', () => {
    const of = (to: unknown): unknown => emailKind.options.safeParse({ to }).data?.['to']
    expect(of(['me@bücher.example', 'me@bücher.example'])).toEqual(['me@xn--bcher-kva.example'])
    for (const wrong of [
      '',
      'me',
      '@example.org',
      'a@b c',
      'a@b\r\nRCPT TO:<c@d>',
      'A <a@b.org>',
      'a@b,c@d',
      []
    ])
      expect(of(wrong)).toBeUndefined()
  })
})

describe('a server that does not take mails', () => {
  it.each<[what: string, SMTPServerOptions, final: boolean, message: RegExp]>([
    [
      'for good',
      {
        onData: (stream, _session, done) => void stream.resume().on('end', () => done(failing(554, 'spam')))
      },
      true,
      /^smtp 127\.0\.0\.1:\d+: mail refused: 554 .*spam$/
    ],
    [
      'for now',
      {
        onData: (stream, _session, done) => void stream.resume().on('end', () => done(failing(452, 'full')))
      },
      false,
      /: mail refused: 452 .*full$/
    ],
    [
      'of this sender',
      { onMailFrom: (_address, _session, done) => done(failing(550, 'not you')) },
      false,
      /: sender refused: 550 .*not you$/
    ],
    [
      'of those who are not logged in',
      { authOptional: false, disabledCommands: ['STARTTLS'], onAuth: () => {} },
      false,
      /: sender refused: 530 /
    ],
    [
      'since it is busy',
      { onConnect: (_session, done) => done(failing(421, 'busy')) },
      false,
      /: 421 .*busy$/
    ]
  ])('%s is reported', async (_, options, final, message) => {
    await using server = await MailServer.start(options)
    const mail = await openMail(server)
    const error: unknown = await mail.send(NOTIFICATIONS.fired, [], never).catch((error: unknown) => error)
    expect([error instanceof Refused, error instanceof Error ? error.message : '']).toEqual([
      final,
      expect.stringMatching(message)
    ])
    await mail.close()
  })

  it('is left after the time that a try may take', async () => {
    await using server = await MailServer.start({ onMailFrom: () => {} })
    const mail = await openMail(server, { timeout: '1s' })
    expect(await errorMessageOf(mail.send(NOTIFICATIONS.fired, [], never))).toBe(
      `smtp 127.0.0.1:${server.port}: no answer within 1s`
    )
    await mail.close()
  })
})
