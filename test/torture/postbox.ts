import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { SMTPServer } from 'smtp-server'
import type { Random } from '../../src/generator/random.ts'

/** What befalls a mail. */
type Mishap = 'refused for now' | 'dropped in the middle' | 'taken, and dropped before the answer'

/** A mail server that is down at times and drops connections; knows which mails it has. */
export class Postbox {
  readonly port: number
  /** The Message-IDs of the mails about each number. */
  readonly numbers = new Map<number, Set<string>>()
  readonly done: Record<string, number> = {}
  readonly #random: Random
  #server: SMTPServer | undefined
  /** Those that are connected, by their ports. */
  readonly #sockets = new Map<number, Socket>()
  /** The share of mails that something befalls. */
  #bad = 0

  constructor(port: number, random: Random) {
    this.port = port
    this.#random = random
  }

  async open(): Promise<void> {
    const server = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      logger: false,
      onData: (stream, session, done) => {
        const chunks: Buffer[] = []
        const mishap = this.#mishap()
        if (mishap === 'dropped in the middle') return this.#drop(session.remotePort)
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', () => {
          if (mishap === 'refused for now') return done(new Error('451 come again'))
          this.#take(Buffer.concat(chunks).toString('latin1'))
          if (mishap) return this.#drop(session.remotePort)
          return done()
        })
      }
    })
    server.on('error', () => {})
    const listener = server.listen(this.port, '127.0.0.1')
    listener.on('connection', socket => {
      const { remotePort = 0 } = socket
      this.#sockets.set(remotePort, socket)
      socket.on('close', () => this.#sockets.delete(remotePort))
    })
    await once(listener, 'listening')
    this.#server = server
  }

  /** Goes down and comes back at random, until the signal aborts. */
  async trouble(random: Random, signal: AbortSignal): Promise<void> {
    this.#bad = 0.2
    while (!signal.aborted) {
      await wait(1000 + random() * 3000, undefined, { signal }).catch(() => {})
      await this.#close()
      await wait(random() * 2000)
      await this.open()
      this.#count('down')
    }
  }

  async calm(): Promise<void> {
    this.#bad = 0
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close()
  }

  async #close(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (!server) return
    const closed = new Promise<void>(done => server.close(() => done()))
    for (const socket of this.#sockets.values()) socket.destroy()
    await closed
  }

  #mishap(): Mishap | undefined {
    if (this.#random() >= this.#bad) return undefined
    const all: readonly Mishap[] = [
      'refused for now',
      'dropped in the middle',
      'taken, and dropped before the answer'
    ]
    const mishap = all[Math.floor(this.#random() * all.length)]
    if (mishap) this.#count(mishap)
    return mishap
  }

  #drop(port: number): void {
    this.#sockets.get(port)?.destroy()
  }

  #take(mail: string): void {
    const [, message = ''] = /^message-id: *(?:\r\n +)?<([^>]+)>/im.exec(mail) ?? []
    const [, number] = /\/alarm\/(\d+)/.exec(mail.replaceAll('=\r\n', '')) ?? []
    if (number === undefined) return
    const known = this.numbers.get(Number(number)) ?? new Set()
    known.add(message)
    this.numbers.set(Number(number), known)
  }

  #count(what: string): void {
    this.done[what] = (this.done[what] ?? 0) + 1
  }
}
