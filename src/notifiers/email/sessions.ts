import type { SMTPConnectionSendInfo } from 'nodemailer/lib/smtp-connection'
import { MINUTE_MS, SECOND_MS, type Clock, type Millis } from '../../core/time.ts'
import { withTimeout } from '../remote.ts'
import type { SmtpServer } from './server.ts'
import { SmtpSession, type MailEnvelope } from './session.ts'

/** Servers may hang up after five minutes (RFC 5321, 4.5.3.2.7): by then a session has been replaced. */
const MAX_IDLE: Millis = 4 * MINUTE_MS

/** A session that was idle for so long was no failure, whoever ended it. */
const STABLE_AFTER: Millis = 30 * SECOND_MS

/** How long it waits before it opens a session again that failed: the first time, and at most. */
const MIN_RECONNECT_DELAY: Millis = SECOND_MS
const MAX_RECONNECT_DELAY: Millis = 5 * MINUTE_MS

/**
 * Sessions with a mail server. One is always kept open, so that a mail has to wait for nothing; further ones are opened while
 * several mails are sent at the same time.
 */
export class SmtpSessions {
  readonly #server: SmtpServer
  readonly #timeout: Millis
  readonly #clock: Clock
  readonly #idle = new Map<SmtpSession, { readonly since: Millis; readonly timer: NodeJS.Timeout }>()
  readonly #all = new Set<SmtpSession>()
  /** Mails that wait for a session: the new one that is being opened, or one that becomes free before. */
  readonly #waiting = new Set<PromiseWithResolvers<SmtpSession>>()
  readonly #closing = new AbortController()
  #opening: NodeJS.Timeout | undefined
  #delay: Millis = 0

  /** `timeout`: how long opening one may take while nobody waits for it. */
  constructor(server: SmtpServer, timeout: Millis, clock: Clock) {
    this.#server = server
    this.#timeout = timeout
    this.#clock = clock
  }

  /** Sends a mail over an idle session, or the first that becomes free. */
  async send(envelope: MailEnvelope, mail: Buffer, signal: AbortSignal): Promise<SMTPConnectionSendInfo> {
    const known = new Set(this.#all)
    const session = this.#take() ?? (await this.#next(signal))
    try {
      const info = await session.send(envelope, mail, signal)
      this.#delay = 0
      clearTimeout(this.#opening)
      this.#opening = undefined
      this.#release(session)
      return info
    } catch (error) {
      session.close()
      this.keepOne()
      // The server had hung up on an idle session: nothing of the mail was sent.
      if (known.has(session) && session.hungUp && !signal.aborted) return this.send(envelope, mail, signal)
      throw error
    }
  }

  /** Opens a session in the background where none is idle. */
  keepOne(): void {
    if (this.#idle.size > 0 || this.#opening || this.#closing.signal.aborted) return
    this.#opening = setTimeout(() => void this.#openAnother(), this.#delay)
    this.#opening.unref()
  }

  close(): void {
    this.#closing.abort(new Error('it is closed'))
    clearTimeout(this.#opening)
    for (const session of this.#all) session.close()
  }

  /** A new session, or one that becomes free, whichever comes first. */
  async #next(signal: AbortSignal): Promise<SmtpSession> {
    const opening = this.#open(signal)
    if (this.#all.size === 0) return opening
    const free = Promise.withResolvers<SmtpSession>()
    this.#waiting.add(free)
    signal.addEventListener('abort', () => this.#waiting.delete(free) && free.reject(signal.reason), {
      once: true
    })
    const late = opening.then(session => {
      if (this.#waiting.delete(free)) return session
      this.#release(session)
      return free.promise
    })
    return Promise.any([free.promise, late]).catch(() => opening)
  }

  async #open(signal: AbortSignal): Promise<SmtpSession> {
    const session = await SmtpSession.open(this.#server, AbortSignal.any([signal, this.#closing.signal]))
    this.#all.add(session)
    session.onEnd = () => this.#ended(session)
    return session
  }

  async #openAnother(): Promise<void> {
    // What hinders it hinders whoever sends next, too, and is reported there.
    const session = await withTimeout(this.#timeout, this.#closing.signal, signal =>
      this.#open(signal)
    ).catch(() => {})
    this.#opening = undefined
    this.#delay = Math.min(Math.max(MIN_RECONNECT_DELAY, 2 * this.#delay), MAX_RECONNECT_DELAY)
    if (session) this.#release(session)
    else this.keepOne()
  }

  #release(session: SmtpSession): void {
    if (session.ended) return
    const [waiting] = this.#waiting
    if (waiting) {
      this.#waiting.delete(waiting)
      waiting.resolve(session)
      return
    }
    const timer = setTimeout(() => session.close(), MAX_IDLE)
    timer.unref()
    this.#idle.set(session, { since: this.#clock(), timer })
  }

  #take(): SmtpSession | undefined {
    const [session] = this.#idle.keys()
    if (session) this.#removeIdle(session)
    return session
  }

  /** It is idle no longer; returns whether it was. */
  #removeIdle(session: SmtpSession): boolean {
    const idle = this.#idle.get(session)
    if (!idle) return false
    clearTimeout(idle.timer)
    if (this.#clock() - idle.since >= STABLE_AFTER) this.#delay = 0
    return this.#idle.delete(session)
  }

  #ended(session: SmtpSession): void {
    this.#all.delete(session)
    if (this.#all.size === 0) {
      for (const { reject } of this.#waiting) reject(new Error('there is no other session'))
      this.#waiting.clear()
    }
    if (this.#removeIdle(session)) this.keepOne()
  }
}
