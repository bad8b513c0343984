import type * as z from 'zod'
import type { AlertNotification, DeliveryResult, Notification } from '../alerts/model.ts'
import { MINUTE_MS, type Clock, type Millis } from '../core/time.ts'

/** What a notifier is opened with besides its options. */
export interface NotifierDependencies {
  /** The receiver's name in the configuration. */
  readonly name: string
  readonly clock: Clock
  /** The folder in which Visor keeps what belongs to its store; for mailboxes. */
  readonly folder: string
  /** Where the page is for those who read notifications; absent where there is none. */
  readonly page?: string
  /** Addresses (of pages of this Visor) that acknowledge or silence a notification's alerts, signed; absent without a page. */
  readonly links?: (notification: AlertNotification) => NotificationLinks
  /** How people are taken off the list of a schedule's reports; absent where nobody can unsubscribe. */
  readonly subscriptions?: Subscriptions
  /** Host name for Message-IDs and the like. */
  readonly host: string
  /** How long the last notifications took from firing until they were accepted, newest last: mails show it. */
  readonly latencies: () => readonly Millis[]
  /** One that goes on after errors has in `problem` why the last text could not be written. */
  readonly stdout: NodeJS.WritableStream & { readonly problem?: string | undefined }
}

/** Those who get a schedule's reports, and how they leave. */
export interface Subscriptions {
  /** The address, signed, that takes a mail address off the list; absent where the page cannot be reached from elsewhere. */
  link?(schedule: string, address: string): string
  /** Whether somebody gets them: all do who have not unsubscribed. */
  has(schedule: string, address: string): boolean
}

export interface NotificationLinks {
  readonly show: string
  readonly acknowledge: string
  readonly silence: string
}

export type { DeliveryResult }

/** How long the outbox waits for a notifier to send a notification: after that it tries again. */
export const DELIVERY_PATIENCE: Millis = MINUTE_MS

/** Something that delivers notifications to people or programs. */
export interface Notifier {
  /** What it sends to, for people: a host and port, an address without its secrets. */
  readonly target: string
  /**
   * Sends a notification once, without retries. `done` are recipients that an earlier attempt has reached: they get nothing more.
   * When it cannot even be tried (no connection, an answer that says try later), it rejects with an Error whose message says why
   * for people; rejecting with `Refused` means that trying again is of no use.
   */
  send(notification: Notification, done: readonly string[], signal: AbortSignal): Promise<DeliveryResult>
  close(): Promise<void>
}

/** Trying again is of no use: the other side says no, for good. */
export class Refused extends Error {}

/** Nothing was left to do. */
export const NOTHING_LEFT: DeliveryResult = { accepted: [], refused: [], later: [] }

/**
 * A notifier with one recipient, known to the outbox by the kind's `name`. `deliver` rejects where it fails; it gets a signal
 * that has not aborted.
 */
export function singleTarget(
  name: string,
  target: string,
  deliver: (notification: Notification, signal: AbortSignal) => Promise<void>,
  close: () => void = () => {}
): Notifier {
  return {
    target,
    async send(notification, done, signal) {
      if (done.length > 0) return NOTHING_LEFT
      signal.throwIfAborted()
      await deliver(notification, signal)
      return { ...NOTHING_LEFT, accepted: [name] }
    },
    async close() {
      close()
    }
  }
}

/** A function that takes secrets out of what the other side says, which may repeat what it got. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  // The longest first: one may be a part of another.
  const all = secrets.filter(secret => secret !== '').toSorted((a, b) => b.length - a.length)
  return text => all.reduce((text, secret) => text.replaceAll(secret, '***'), text)
}

/** One kind of notifier: a folder here, and a line in index.ts. */
export interface NotifierKind<Schema extends z.ZodObject = z.ZodObject> {
  /** Its `type` in the configuration. */
  readonly name: string
  readonly summary: string
  /** Why it cannot take reports, in words; it takes them where absent. */
  readonly refusesReports?: string
  /** Options as a user writes them. */
  readonly example: z.input<Schema>
  readonly options: Schema
  /** The options with each path made absolute. */
  withPaths?(options: z.output<Schema>, absolute: (path: string) => string): z.output<Schema>
  /** Opens it without connecting anywhere. @throws VisorError when its options can never work */
  open(options: z.output<Schema>, dependencies: NotifierDependencies): Notifier | Promise<Notifier>
}

/** Checks that an object is a notifier's kind, and keeps its types. */
export function notifierKind<Schema extends z.ZodObject>(kind: NotifierKind<Schema>): NotifierKind<Schema> {
  return kind
}
