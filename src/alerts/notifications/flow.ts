import * as z from 'zod'
import type { Millis } from '../../core/time.ts'
import { SEVERITIES, type Alert, type AlertNotification } from '../model.ts'
import type { Rule } from '../rules/index.ts'
import type { ReceiverRules } from './options.ts'

/*
 * What the stages of notifications pass on, and what is remembered between two steps. What is remembered is plain data that
 * is kept in the state, so it may be of another version. Times are milliseconds since 1970.
 */

/** What one receiver was notified of one group's alerts. */
const threadData = z.object({
  /** The id of the alert that it began with, and how many notifications were made since. */
  start: z.string(),
  serial: z.number(),
  /** The id of the first notification that was sent. */
  thread: z.string().optional(),
  /** Ids of the alerts that it knows to fire, and not to be resolved. */
  notified: z.array(z.string()),
  /** Resolved alerts that it was not notified of. */
  resolved: z.array(z.custom<Alert>()),
  /** No notification of new alerts before; and how far the pause between two has grown. */
  notBefore: z.number(),
  pause: z.number(),
  /** When a reminder is due, and how long the time until then was. */
  repeatAt: z.number(),
  repeatAfter: z.number()
})

export type Thread = z.output<typeof threadData>

/** What is remembered of a group. */
export const groupData = z.object({
  /** Ids of alerts that are suppressed for all receivers, and by what. */
  suppressed: z.record(z.string(), z.enum(['silenced', 'inhibited'])),
  /** By receiver. */
  threads: z.record(z.string(), threadData)
})

export type GroupState = z.output<typeof groupData>

const heldBackData = z.object({
  count: z.number(),
  titles: z.array(z.string()),
  /** As they were when they were last heard of. */
  alerts: z.array(z.custom<Alert>())
})

/** Notifications that mute times or the rate limit hold back. */
export type HeldBack = z.output<typeof heldBackData>

/** What is remembered of a receiver. */
export const receiverData = z.object({
  /** When the notifications were made that its rate limit still counts. */
  sent: z.array(z.number()),
  held: z.partialRecord(z.enum(SEVERITIES), heldBackData),
  /** Rules and keys of which it was notified that they flap. */
  flaps: z.array(z.string())
})

export type ReceiverState = z.output<typeof receiverData>

/** Notifications of a group to a receiver, on their way through the stages. */
export interface Flow {
  readonly group: string
  /** The rule of the group's alerts; absent where none fires. */
  readonly rule?: Rule | undefined
  readonly receiver: ReceiverRules
  readonly now: Millis
  /** The alerts of the group that fire, and what suppresses them. */
  readonly alerts: readonly {
    readonly alert: Alert
    readonly suppressed?: GroupState['suppressed'][string] | 'flapping' | 'acknowledged' | undefined
  }[]
  /** Ids of those that a silence suppressed until now. */
  readonly unsilenced: ReadonlySet<string>
  /** As it was before, and as it is after the stages so far. */
  readonly before: Thread
  readonly thread: Thread
  readonly state: ReceiverState
  /** Those that fire and that the receiver was not notified of. */
  readonly news: readonly Alert[]
  readonly pending?: PendingNotification | undefined
  /** What is sent, or held back where `held` is true. */
  readonly notification?: AlertNotification | undefined
  readonly held: boolean
}

export type Stage = (flow: Flow) => Flow

/** What there is to notify a receiver of; of the alerts that fire, the new ones first. */
export type PendingNotification = Pick<AlertNotification, 'occasion' | 'firing' | 'resolved'>
