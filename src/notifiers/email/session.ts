import { Readable } from 'node:stream'
import SMTPConnection, { type SMTPConnectionSendInfo } from 'nodemailer/lib/smtp-connection'
import { unlessAborted } from '../../system/abort.ts'
import type { SmtpServer } from './server.ts'

export interface MailEnvelope {
  readonly from: string
  readonly to: readonly string[]
}

/** A connection to a mail server, logged in, over which mails are sent one after the other. */
export class SmtpSession {
  /** Called when it has ended, whoever ended it. */
  onEnd: () => void = () => {}
  /** Whether the server had hung up before anything of the last mail was sent. */
  hungUp = false
  readonly #connection: SMTPConnection
  /** Stops waiting for an answer. */
  #fail: (error: Error) => void = () => {}

  private constructor({ connection }: SmtpServer) {
    this.#connection = new SMTPConnection(connection)
    this.#connection.on('error', error => this.#fail(error))
    this.#connection.on('end', () => {
      // The error that ended it may come after that.
      setImmediate(() => this.#fail(new Error('the connection was closed')))
      this.onEnd()
    })
  }

  /** Connects, encrypts and logs in. */
  static async open(server: SmtpServer, signal: AbortSignal): Promise<SmtpSession> {
    const session = new SmtpSession(server)
    const connection = session.#connection
    const { login } = server
    try {
      await session.#answer<void>(signal, (resolve, reject) =>
        connection.connect(error => (error ? reject(error) : resolve()))
      )
      if (!login) return session
      if (!connection.allowsAuth) throw new Error('it offers no login')
      await session.#answer<void>(signal, (resolve, reject) =>
        connection.login(login, error => (error ? reject(error) : resolve()))
      )
      return session
    } catch (error) {
      session.close()
      throw error
    }
  }

  get ended(): boolean {
    return this.#connection.destroyed
  }

  /** Sends a mail. When that fails, the session is of no use any more. */
  async send({ from, to }: MailEnvelope, mail: Buffer, signal: AbortSignal): Promise<SMTPConnectionSendInfo> {
    const stream = Readable.from(mail)
    try {
      return await this.#answer<SMTPConnectionSendInfo>(signal, (resolve, reject) =>
        this.#connection.send({ from, to: [...to], size: mail.length }, stream, (error, info) =>
          error ? reject(error) : resolve(info)
        )
      )
    } finally {
      this.hungUp = this.ended && !stream.readableDidRead
    }
  }

  close(): void {
    if (this.#connection.stage === 'connected') this.#connection.quit()
    this.#connection.close()
  }

  /** What `request` resolves to, unless the connection fails or the signal aborts before. */
  async #answer<T>(
    signal: AbortSignal,
    request: (resolve: (value: T) => void, reject: (error: Error) => void) => void
  ): Promise<T> {
    signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    this.#fail = reject
    request(resolve, reject)
    return unlessAborted(signal, promise).finally(() => (this.#fail = () => {}))
  }
}
