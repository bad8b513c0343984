import { once } from 'node:events'
import type { Socket } from 'node:net'
import { simpleParser, type ParsedMail } from 'mailparser'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { portOf } from './port.ts'

/** A mail as it came: who it is from and for according to the server, and what it holds. */
export interface Received {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: string
  readonly mail: ParsedMail
}

/** A mail server on loopback that keeps what it is given. */
export class MailServer implements AsyncDisposable {
  readonly mails: Received[] = []
  /** Connections that are open, and how many have ever been made. */
  readonly sockets = new Set<Socket>()
  connections = 0
  port = 0
  readonly #server: SMTPServer

  private constructor(options: SMTPServerOptions) {
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      onData: (stream, { envelope }, done) => {
        const to = envelope.rcptTo.map(({ address }) => address)
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address
        void this.#take(stream, from, to).then(() => done())
      },
      ...options
    })
    // Connections that are broken off.
    this.#server.on('error', () => {})
  }

  static async start(options: SMTPServerOptions = {}): Promise<MailServer> {
    const server = new MailServer(options)
    const listener = server.#server.listen(0, '127.0.0.1')
    listener.on('connection', socket => {
      server.connections++
      server.sockets.add(socket)
      socket.on('close', () => server.sockets.delete(socket))
    })
    await once(listener, 'listening')
    server.port = portOf(listener)
    return server
  }

  /** Hangs up on all who are connected. */
  hangUp(): void {
    for (const socket of this.sockets) socket.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.hangUp()
    await new Promise<void>(resolve => this.#server.close(resolve))
  }

  async #take(stream: AsyncIterable<Buffer>, from: string, to: readonly string[]): Promise<void> {
    const parts: Buffer[] = []
    for await (const part of stream) parts.push(part)
    const raw = Buffer.concat(parts)
    this.mails.push({ from, to, raw: raw.toString('latin1'), mail: await simpleParser(raw) })
  }
}
