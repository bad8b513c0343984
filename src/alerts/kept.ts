import type { Acknowledgement, Alert, AlertNotification, Silence, Transition } from './model.ts'

/*
 * What the state keeps of alerting, and what alerting takes in.
 */

/** What alerting goes on from after a restart. Groups and receivers are plain data that the alerts' own code knows. */
export interface Saved {
  /** Alerts that are not over. */
  readonly alerts: readonly Alert[]
  readonly groups: readonly StateItem[]
  readonly receivers: readonly StateItem[]
  readonly silences: readonly Silence[]
}

export interface StateItem {
  readonly id: string
  readonly data: unknown
}

/** What one step of alerting changed: all of it becomes durable in one transaction. */
export interface Changes {
  /** Alerts as they are now; one that is resolved is kept for its history. */
  readonly alerts: readonly Alert[]
  /** Ids of pending alerts that calmed down: they are forgotten. */
  readonly dropped: readonly string[]
  /** `data: undefined` removes. */
  readonly groups: readonly StateItem[]
  readonly receivers: readonly StateItem[]
  readonly transitions: readonly Transition[]
  readonly notifications: readonly AlertNotification[]
}

/** What a user did, in whatever process: alerting takes it in at its next step. */
export interface AcknowledgementRequest extends Acknowledgement {
  readonly alert: string
  /** Takes an acknowledgement back. */
  readonly undo?: boolean
}
