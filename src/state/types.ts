import type { Alert, Notice, Silence, Transition } from '../alerts/model.ts'

/*
 * The small operational state in SQLite: what must survive a restart besides lines and counts. One daemon writes it; commands
 * (`visor alerts ack` and the like) may read and write it at the same time from other processes. Times are milliseconds since 1970.
 */

/** What alerting goes on from after a restart. Groups and receivers are plain data that the alerts' own code knows. */
export interface Saved {
  /** Alerts that are not over. */
  readonly alerts: readonly Alert[]
  readonly groups: readonly Item[]
  readonly receivers: readonly Item[]
  readonly silences: readonly Silence[]
}

export interface Item {
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
  readonly groups: readonly Item[]
  readonly receivers: readonly Item[]
  readonly transitions: readonly Transition[]
  readonly notices: readonly Notice[]
}

/** A notice on its way. */
export interface Outgoing {
  readonly notice: Notice
  /** Those that have it already, where it goes to several. */
  readonly done: readonly string[]
  readonly tries: number
  /** When it is to be tried next. */
  readonly due: number
  /** What the last try met with. */
  readonly why?: string
}

/** How a delivery stands, or ended: one line of history. */
export interface DeliveryRecord {
  readonly notice: string
  readonly receiver: string
  readonly title: string
  readonly at: number
  readonly try: number
  readonly state: 'sent' | 'partly' | 'later' | 'failed'
  /** Whom it reached, and what was said. */
  readonly says: string
  /** Milliseconds from the alert's firing (`moments.fired`, or the notice's creation) until it was accepted. */
  readonly latency?: number
}

/** What a user did, in whatever process: alerting takes it in at its next step. */
export interface Acknowledging {
  readonly alert: string
  readonly owner: string
  readonly comment: string
  readonly at: number
  /** Takes an acknowledgement back. */
  readonly undo?: boolean
}

export interface HistoryQuery {
  readonly alert?: string
  readonly rule?: string
  readonly since?: number
  readonly limit: number
}

export interface StateStore {
  load(): Saved
  /** @throws VisorError STATE when it cannot be written; then nothing of it is. */
  commit(changes: Changes): void

  /** An alert, over or not; by its id or an unambiguous beginning of it. */
  alert(id: string): Alert | undefined
  /** Alerts of all phases, the newest first. */
  alerts(query: HistoryQuery & { readonly phase?: Alert['phase'] }): Alert[]
  transitions(query: HistoryQuery): Transition[]

  silences(): Silence[]
  addSilence(silence: Silence): void
  /** Ends it now; false when there is none that lasts. */
  endSilence(id: string, now: number): boolean
  acknowledge(request: Acknowledging): void
  /** Takes out the requests that were not taken yet. */
  takeAcknowledgements(): Acknowledging[]
  /** Changes whenever another connection has written: look again then. */
  version(): number

  /** Notices whose time has come, oldest first. */
  due(now: number, limit: number): Outgoing[]
  /** When the next one is due; absent when the outbox is empty. */
  nextDue(): number | undefined
  outbox(): Outgoing[]
  /** Notes how a try ended: to be tried again, for those not in `done`, at `due`; or over, when that is absent. */
  tried(id: string, done: readonly string[], due: number | undefined, record: DeliveryRecord): void
  deliveries(query: HistoryQuery): DeliveryRecord[]

  /** A secret of this state, made when it is first asked for: signs links. */
  secret(name: string): Buffer
  /** Forgets history (alerts that are over, transitions, deliveries, ended silences) from before a moment. */
  forget(before: number): void
  close(): void
}
