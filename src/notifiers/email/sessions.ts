import type { SMTPConnectionSendInfo } from 'nodemailer/lib/smtp-connection'
import { within } from '../within.ts'
import type { Server } from './server.ts'
import { Session, type Envelope } from './session.ts'

/** Servers may hang up after five minutes (RFC 5321, 4.5.3.2.7): by then a session has been exchanged (milliseconds). */
const RESTS = 240_000

/** A session that rested for so long was no failure, whoever ended it (milliseconds). */
const LASTING = 30_000

/** The first and the longest wait before a session is opened again that failed (milliseconds). */
const FIRST_WAIT = 1000
const LONGEST_WAIT = 300_000

/**
 * Sessions with a mail server. One is always kept open, so that a mail has to wait for nothing; further ones are opened while
 * several mails are sent at the same time.
 */
export class Sessions {
  readonly #server: Server
  readonly #timeout: number
  readonly #clock: () => number
  readonly #resting = new Map<Session, { readonly since: number; readonly timer: NodeJS.Timeout }>()
  readonly #all = new Set<Session>()
  /** Mails for which a session that is done with another one does as well as the new one that is being opened. */
  readonly #waiting = new Set<PromiseWithResolvers<Session>>()
  readonly #closing = new AbortController()
  #opening: NodeJS.Timeout | undefined
  #wait = 0

  /** `timeout`: how long opening one may take while nobody waits for it, in milliseconds. */
  constructor(server: Server, timeout: number, clock: () => number) {
    this.#server = server
    this.#timeout = timeout
    this.#clock = clock
  }

  /** Sends a mail over a session that rests, or the next that can be had. */
  async send(envelope: Envelope, mail: Buffer, signal: AbortSignal): Promise<SMTPConnectionSendInfo> {
    const known = new Set(this.#all)
    const session = this.#take() ?? (await this.#next(signal))
    try {
      const info = await session.send(envelope, mail, signal)
      this.#wait = 0
      clearTimeout(this.#opening)
      this.#opening = undefined
      this.#rest(session)
      return info
    } catch (error) {
      session.close()
      this.keepOne()
      // The server had hung up on a session that rested: the mail has not been tried.
      if (known.has(session) && session.hungUp && !signal.aborted) return this.send(envelope, mail, signal)
      throw error
    }
  }

  /** Opens a session in the background where none rests. */
  keepOne(): void {
    if (this.#resting.size > 0 || this.#opening || this.#closing.signal.aborted) return
    this.#opening = setTimeout(() => void this.#openAnother(), this.#wait)
    this.#opening.unref()
  }

  close(): void {
    this.#closing.abort(new Error('it is closed'))
    clearTimeout(this.#opening)
    for (const session of this.#all) session.close()
  }

  /** A new session, or one that is done with its mail, whichever comes first. */
  async #next(signal: AbortSignal): Promise<Session> {
    const opening = this.#open(signal)
    if (this.#all.size === 0) return opening
    const free = Promise.withResolvers<Session>()
    this.#waiting.add(free)
    signal.addEventListener('abort', () => this.#waiting.delete(free) && free.reject(signal.reason), {
      once: true
    })
    const late = opening.then(session => {
      if (this.#waiting.delete(free)) return session
      this.#rest(session)
      return free.promise
    })
    return Promise.any([free.promise, late]).catch(() => opening)
  }

  async #open(signal: AbortSignal): Promise<Session> {
    const session = await Session.open(this.#server, AbortSignal.any([signal, this.#closing.signal]))
    this.#all.add(session)
    session.onEnd = () => this.#ended(session)
    return session
  }

  async #openAnother(): Promise<void> {
    // What hinders it meets whoever sends next, too, and is told there.
    const session = await within(this.#timeout, this.#closing.signal, signal => this.#open(signal)).catch(
      () => {}
    )
    this.#opening = undefined
    this.#wait = Math.min(Math.max(FIRST_WAIT, 2 * this.#wait), LONGEST_WAIT)
    if (session) this.#rest(session)
    else this.keepOne()
  }

  #rest(session: Session): void {
    if (session.ended) return
    const [waiting] = this.#waiting
    if (waiting) {
      this.#waiting.delete(waiting)
      waiting.resolve(session)
      return
    }
    const timer = setTimeout(() => session.close(), RESTS)
    timer.unref()
    this.#resting.set(session, { since: this.#clock(), timer })
  }

  #take(): Session | undefined {
    const [session] = this.#resting.keys()
    if (session) this.#leave(session)
    return session
  }

  /** It rests no longer; tells whether it did. */
  #leave(session: Session): boolean {
    const rest = this.#resting.get(session)
    if (!rest) return false
    clearTimeout(rest.timer)
    if (this.#clock() - rest.since >= LASTING) this.#wait = 0
    return this.#resting.delete(session)
  }

  #ended(session: Session): void {
    this.#all.delete(session)
    if (this.#all.size === 0) {
      for (const { reject } of this.#waiting) reject(new Error('there is no other session'))
      this.#waiting.clear()
    }
    if (this.#leave(session)) this.keepOne()
  }
}
