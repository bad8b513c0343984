import { once } from 'node:events'
import type { Socket } from 'node:net'
import { simpleParser } from 'mailparser'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'

/** The steps of a delivery: `data` is the first part of a mail, `end` all of it before it is taken, `done` just after. */
export const PHASES = ['connect', 'mail', 'rcpt', 'data', 'end', 'done'] as const
export type Phase = (typeof PHASES)[number]

/** What a server does instead of going on: an answer with this code, or hanging up. */
export type Fault = number | 'cut'

/** A mail as it came. `taken`: the sender has heard so, or could have. */
export interface Copy {
  readonly id: string
  readonly to: readonly string[]
  readonly taken: boolean
}

/** A mail server whose faults the test chooses. */
export class MailServer {
  /** What goes wrong at a step; at `rcpt` with the recipient. */
  fault: (phase: Phase, to: string) => Fault | undefined | Promise<Fault | undefined> = () => undefined
  readonly copies: Copy[] = []
  readonly #sockets = new Set<Socket>()
  #server: SMTPServer | undefined
  port = 0

  /** Listens, on the port it had before if it had one. */
  async start(): Promise<this> {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      disableReverseLookup: true,
      onConnect: (session, next) => void this.#step('connect', session, next),
      onMailFrom: (_, session, next) => void this.#step('mail', session, next),
      onRcptTo: ({ address }, session, next) => void this.#step('rcpt', session, next, address),
      onData: (stream, session, next) => void this.#take(stream, session, next)
    })
    // Cut connections.
    server.on('error', () => {})
    const listener = server.listen(this.port, '127.0.0.1')
    listener.on('connection', socket => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    await once(listener, 'listening')
    const address = listener.address()
    if (typeof address === 'object' && address) this.port = address.port
    this.#server = server
    return this
  }

  /** Hangs up on all and closes the port. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    const server = this.#server
    this.#server = undefined
    if (server) await new Promise<void>(resolve => server.close(resolve))
  }

  async #step(
    phase: Phase,
    session: SMTPServerSession,
    next: (error?: Error) => void,
    to = ''
  ): Promise<boolean> {
    const fault = await this.fault(phase, to)
    if (fault === undefined) next()
    else if (fault === 'cut') this.#cut(session)
    else next(Object.assign(new Error('as the test wants it'), { responseCode: fault }))
    return fault === undefined
  }

  async #take(
    stream: AsyncIterable<Buffer>,
    session: SMTPServerSession,
    next: (error?: Error) => void
  ): Promise<void> {
    const mail = await this.#read(stream, session)
    if (!mail) return
    const id = (await simpleParser(mail)).messageId ?? ''
    const to = session.envelope.rcptTo.map(({ address }) => address)
    const taken = await this.#step('end', session, next)
    this.copies.push({ id, to, taken })
    if (taken && (await this.fault('done', '')) === 'cut') this.#cut(session)
  }

  /** A whole mail; absent when the connection ends before. */
  async #read(stream: AsyncIterable<Buffer>, session: SMTPServerSession): Promise<Buffer | undefined> {
    const chunks: Buffer[] = []
    try {
      for await (const chunk of stream) {
        chunks.push(chunk)
        if (chunks.length > 1 || (await this.fault('data', '')) !== 'cut') continue
        this.#cut(session)
        return undefined
      }
      return Buffer.concat(chunks)
    } catch {
      return undefined
    }
  }

  #cut(session: SMTPServerSession): void {
    for (const socket of this.#sockets) if (socket.remotePort === session.remotePort) socket.destroySoon()
  }
}
