import type { SMTPConnectionSendInfo } from 'nodemailer/lib/smtp-connection'
import { MINUTE_MS, SECOND_MS, type Clock, type Millis } from '../../core/time.ts'
import { withTimeout } from '../../system/abort.ts'
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
 * Sessions with a mail server. One is always kept open, so that a mail has to wait for nothing, however long none was sent; more
 * are opened while several mails are sent at the same time. nodemailer's own pool opens none before there is a mail, and binds
 * a mail to the session that it opens for it: bench/README.md has the figures.
 */
export class SmtpSessions {
  readonly #server: SmtpServer
  readonly #timeout: Millis
  readonly #clock: Clock
  readonly #all = new Set<SmtpSession>()
  readonly #idle = new Map<SmtpSession, { readonly since: Millis; readonly timer: NodeJS.Timeout }>()
  /** Mails that wait for the first session that is free. */
  readonly #waiting = new Set<PromiseWithResolvers<SmtpSession>>()
  readonly #closing = new AbortController()
  /** How many sessions are being opened now; and the next one, in the background. */
  #opening = 0
  #next: NodeJS.Timeout | undefined
  #delay: Millis = 0

  /** `timeout`: how long opening one may take. */
  constructor(server: SmtpServer, timeout: Millis, clock: Clock) {
    this.#server = server
    this.#timeout = timeout
    this.#clock = clock
  }

  /** Sends a mail over an idle session, or the first that becomes free. */
  async send(envelope: MailEnvelope, mail: Buffer, signal: AbortSignal): Promise<SMTPConnectionSendInfo> {
    const known = new Set(this.#all)
    const session = await this.#take(signal)
    try {
      const info = await session.send(envelope, mail, signal)
      this.#delay = 0
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
    if (this.#idle.size + this.#opening > 0 || this.#next || this.#closing.signal.aborted) return
    this.#next = setTimeout(() => {
      this.#next = undefined
      if (this.#idle.size + this.#opening === 0) void this.#open()
    }, this.#delay)
    this.#next.unref()
  }

  close(): void {
    this.#closing.abort(new Error('it is closed'))
    clearTimeout(this.#next)
    this.#disappoint(this.#closing.signal.reason)
    for (const session of this.#all) session.close()
  }

  async #take(signal: AbortSignal): Promise<SmtpSession> {
    this.#closing.signal.throwIfAborted()
    const [session] = this.#idle.keys()
    if (session) {
      this.#removeIdle(session)
      return session
    }
    const free = Promise.withResolvers<SmtpSession>()
    const leave = (): void => void (this.#waiting.delete(free) && free.reject(signal.reason))
    signal.addEventListener('abort', leave)
    this.#waiting.add(free)
    if (this.#opening < this.#waiting.size) void this.#open()
    return free.promise.finally(() => signal.removeEventListener('abort', leave))
  }

  /** Opens one more. What hinders it is reported to the mails that wait, where there is no other session for them. */
  async #open(): Promise<void> {
    this.#opening++
    this.#delay = Math.min(Math.max(MIN_RECONNECT_DELAY, 2 * this.#delay), MAX_RECONNECT_DELAY)
    try {
      const session = await withTimeout(this.#timeout, this.#closing.signal, signal =>
        SmtpSession.open(this.#server, signal)
      )
      this.#opening--
      this.#all.add(session)
      session.onEnd = () => this.#ended(session)
      this.#release(session)
    } catch (error) {
      this.#opening--
      if (this.#all.size + this.#opening === 0) this.#disappoint(error)
      this.keepOne()
    }
  }

  #disappoint(error: unknown): void {
    for (const { reject } of this.#waiting) reject(error)
    this.#waiting.clear()
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
    if (this.#removeIdle(session)) this.keepOne()
    if (this.#waiting.size > 0 && this.#all.size + this.#opening === 0) void this.#open()
  }
}
