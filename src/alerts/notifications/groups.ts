import type { StateItem } from '../kept.ts'
import type { Alert } from '../model.ts'
import { groupData, type GroupState, type Thread } from './flow.ts'
import { NEW_THREAD } from './thread.ts'

const NEW_GROUP: GroupState = { suppressed: {}, threads: {} }

/** What is remembered of each group, and what of that is to be written. */
export class Groups {
  readonly #groups = new Map<string, GroupState>()
  readonly #changed = new Set<string>()

  constructor(saved: readonly StateItem[]) {
    for (const { id, data } of saved) {
      const group = groupData.safeParse(data).data
      if (group) this.#groups.set(id, group)
    }
  }

  ids(): string[] {
    return [...this.#groups.keys()]
  }

  get(id: string): GroupState {
    return this.#groups.get(id) ?? NEW_GROUP
  }

  suppress(id: string, suppressed: GroupState['suppressed']): void {
    const before = this.get(id)
    if (JSON.stringify(suppressed) !== JSON.stringify(before.suppressed))
      this.#put(id, { ...before, suppressed })
  }

  /** Another thread with a receiver, made of the one before. */
  change(id: string, receiver: string, change: (thread: Thread) => Thread): void {
    const group = this.get(id)
    const before = group.threads[receiver] ?? NEW_THREAD
    const after = change(before)
    if (after !== before) this.#put(id, { ...group, threads: { ...group.threads, [receiver]: after } })
  }

  /** The group in which somebody was notified of an alert. */
  withNotified({ id }: Alert): string | undefined {
    return this.ids().find(group => this.notified(group, id).length > 0)
  }

  /** The receivers that were notified of an alert. */
  notified(group: string, alert: string): string[] {
    return Object.entries(this.get(group).threads).flatMap(([name, { notified }]) =>
      notified.includes(alert) ? [name] : []
    )
  }

  /** Forgets the threads where all is resolved (no alert of the group `fires`), and those with receivers that are gone. */
  tidy(id: string, fires: boolean, receivers: ReadonlyMap<string, unknown>): void {
    const group = this.#groups.get(id)
    if (!group) return
    const { suppressed, threads } = group
    const kept = Object.entries(threads).filter(
      ([name, { notified, resolved }]) =>
        receivers.has(name) && (fires || notified.length > 0 || resolved.length > 0)
    )
    if (kept.length === 0 && Object.keys(suppressed).length === 0) this.#put(id, undefined)
    else if (kept.length < Object.keys(threads).length)
      this.#put(id, { suppressed, threads: Object.fromEntries(kept) })
  }

  /** What is to be written since it was last asked for. */
  changes(): StateItem[] {
    const items = Array.from(this.#changed, id => ({ id, data: this.#groups.get(id) }))
    this.#changed.clear()
    return items
  }

  #put(id: string, group: GroupState | undefined): void {
    if (group) this.#groups.set(id, group)
    else this.#groups.delete(id)
    this.#changed.add(id)
  }
}
