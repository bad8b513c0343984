import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SMTPServerOptions } from 'smtp-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Authority, hasOpenssl, type Certificate } from '../../sources/testing/certificates.ts'
import type { Notifier } from '../kind.ts'
import { MailServer } from '../testing/mail-server.ts'
import { NOTIFICATIONS } from '../testing/samples.ts'
import { dependenciesOf } from '../testing/dependencies.ts'
import { emailKind } from './index.ts'
import { failing, errorMessageOf, openMail } from './testing/open.ts'

const never = new AbortController().signal

describe('a login', () => {
  const guarded: SMTPServerOptions = {
    authOptional: false,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username = '', password = '' }, _session, done) =>
      username === 'me@example.org' && password === 'pass word'
        ? done(null, { user: username })
        : done(failing(535, `bad login ${username} ${password}`))
  }
  const folder = mkdtempSync(join(tmpdir(), 'visor-account-'))
  const account = join(folder, 'account.json')
  const write = (content: string, mode: number): void => {
    writeFileSync(account, content)
    chmodSync(account, mode)
  }
  afterAll(() => rmSync(folder, { recursive: true }))

  it('comes from a private file, whose address is the sender and gets the mails unless configured otherwise', async () => {
    await using server = await MailServer.start(guarded)
    write('{"email": {"address": "me@example.org", "password": "pass word"}}', 0o600)
    const mail = await openMail(server, { to: undefined, account })
    await mail.send(NOTIFICATIONS.fired, [], never)
    expect(server.mails[0]).toMatchObject({ from: 'me@example.org', to: ['me@example.org'] })
    await mail.close()
  })

  it.each<[content: string, mode: number, message: string]>([
    [
      '{"email": {"address": "me@example.org", "password": "x"}}',
      0o640,
      'has mode 640, others can read the password: chmod 600'
    ],
    ['{"email": {"address": "me@example.org"}}', 0o600, 'should hold {"email": {"address"'],
    ['pass word', 0o600, 'should hold {"email": {"address"'],
    ['{"email": {"address": "me", "password": "x"}}', 0o600, 'me in the account file is no mail address']
  ])('of a file that is not right is refused: %s %o', async (content, mode, message) => {
    write(content, mode)
    const opening = errorMessageOf(
      Promise.resolve().then(() => emailKind.open(emailKind.options.parse({ account }), dependenciesOf()))
    )
    expect(await opening).toContain(message)
    expect(await opening).not.toContain('pass word')
  })

  it('that is wrong is reported, without the password', async () => {
    await using server = await MailServer.start(guarded)
    const mail = await openMail(server, { user: 'me@example.org', password: 'wr0ng' })
    const message = await errorMessageOf(mail.send(NOTIFICATIONS.fired, [], never))
    expect(message).toMatch(/: login refused: 535 .*bad login me@example\.org \*\*\*$/)
    await mail.close()
  })

  it('that the server does not offer is reported', async () => {
    await using server = await MailServer.start()
    const mail = await openMail(server, { user: 'me', password: 'secret' })
    expect(await errorMessageOf(mail.send(NOTIFICATIONS.fired, [], never))).toContain('it offers no login')
    await mail.close()
  })

  it('is never sent to another machine unencrypted', async () => {
    const options = {
      to: 'a@example.org',
      host: 'mail.example.org',
      user: 'me',
      password: 'x',
      secure: 'none'
    }
    const opening = async (): Promise<Notifier> =>
      emailKind.open(emailKind.options.parse(options), dependenciesOf())
    expect(await errorMessageOf(opening())).toBe(
      'a password is not sent to mail.example.org over a connection that is not encrypted: "secure" should be "starttls" or "tls"'
    )
  })

  it.each([
    [{}, 'expected "to" or "account"'],
    [{ to: 'a@b.org', user: 'me' }, 'expected "user" and "password" together'],
    [
      { to: 'a@b.org', account: 'x', user: 'me', password: 'y' },
      'expected either "account" or "user" and "password"'
    ],
    [{ to: 'a@b.org', ca: 'nothing' }, 'expected a certificate as PEM, such as file:ca.pem takes from a file']
  ])('has to be whole: %j', (options, message) => {
    expect(emailKind.options.safeParse(options).error?.issues.map(({ message }) => message)).toEqual([
      message
    ])
  })
})

describe.skipIf(!hasOpenssl)('encryption (needs openssl)', () => {
  let authority: Authority
  let certificate: Certificate
  beforeAll(() => {
    authority = new Authority('visor test')
    certificate = authority.sign('mail')
  })
  afterAll(() => authority.remove())

  const secured = (options: SMTPServerOptions): SMTPServerOptions => ({
    ...certificate,
    authOptional: false,
    disabledCommands: [],
    onAuth: (_login, { secure }, done) =>
      secure ? done(null, { user: 'me' }) : done(new Error('not encrypted')),
    ...options
  })

  it.each([
    ['starttls', {}],
    ['tls', { secure: true }]
  ])('by %s is used before the login', async (secure, options) => {
    await using server = await MailServer.start(secured(options))
    const mail = await openMail(server, { secure, ca: authority.cert, user: 'me', password: 'x' })
    expect((await mail.send(NOTIFICATIONS.fired, [], never)).accepted).toHaveLength(2)
    await mail.close()
  })

  it.each([
    ['that nobody trusts', {}, {}, /: its certificate is not trusted/],
    ['that is not offered', { disabledCommands: ['STARTTLS' as const] }, {}, /STARTTLS|encrypted/i]
  ])('%s ends it', async (_, options, more, message) => {
    await using server = await MailServer.start(secured(options))
    const mail = await openMail(server, { secure: 'starttls', user: 'me', password: 'x', ...more })
    expect(await errorMessageOf(mail.send(NOTIFICATIONS.fired, [], never))).toMatch(message)
    expect(server.mails).toEqual([])
    await mail.close()
  })
})
