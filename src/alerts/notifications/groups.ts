import * as z from 'zod'
import type { Item } from '../kept.ts'
import type { Alert } from '../model.ts'
import { NEW, talkData, type Talk } from './talk.ts'

/** What is remembered of a group. It is kept in the state, so it may be of another version. */
const groupData = z.object({
  /** Ids of alerts that nobody is told of, and why. */
  hushed: z.record(z.string(), z.enum(['silenced', 'inhibited'])),
  /** By receiver. */
  talks: z.record(z.string(), talkData)
})

export type Hushed = z.output<typeof groupData>['hushed']

type Group = z.output<typeof groupData>

const FRESH: Group = { hushed: {}, talks: {} }

/** What was said of each group, and what of that is to be written. */
export class Groups {
  readonly #groups = new Map<string, Group>()
  readonly #changed = new Set<string>()

  constructor(saved: readonly Item[]) {
    for (const { id, data } of saved) {
      const group = groupData.safeParse(data).data
      if (group) this.#groups.set(id, group)
    }
  }

  ids(): string[] {
    return [...this.#groups.keys()]
  }

  hushed(id: string): Hushed {
    return this.#of(id).hushed
  }

  setHushed(id: string, hushed: Hushed): void {
    const before = this.#of(id)
    if (JSON.stringify(hushed) !== JSON.stringify(before.hushed)) this.#put(id, { ...before, hushed })
  }

  /** What was said to a receiver; `undefined` for nothing. */
  talk(id: string, receiver: string): Talk | undefined {
    return this.#of(id).talks[receiver]
  }

  /** Another talk with a receiver, made of the one before. */
  change(id: string, receiver: string, change: (talk: Talk) => Talk): void {
    const group = this.#of(id)
    const before = group.talks[receiver] ?? NEW
    const after = change(before)
    if (after !== before) this.#put(id, { ...group, talks: { ...group.talks, [receiver]: after } })
  }

  /** The group in which somebody was told of an alert. */
  withTold({ id }: Alert): string | undefined {
    return this.ids().find(group => this.knowing(group, id).length > 0)
  }

  /** The receivers that were told of an alert. */
  knowing(group: string, alert: string): string[] {
    return Object.entries(this.#of(group).talks).flatMap(([name, { told }]) =>
      told.includes(alert) ? [name] : []
    )
  }

  /** Forgets what was said where all is over (no alert of it `fires`), and to receivers that there are no more. */
  tidy(id: string, fires: boolean, receivers: ReadonlySet<string>): void {
    const group = this.#groups.get(id)
    if (!group) return
    const { hushed, talks } = group
    const kept = Object.entries(talks).filter(
      ([name, { told, over }]) => receivers.has(name) && (fires || told.length > 0 || over.length > 0)
    )
    if (kept.length === 0 && Object.keys(hushed).length === 0) this.#put(id, undefined)
    else if (kept.length < Object.keys(talks).length)
      this.#put(id, { hushed, talks: Object.fromEntries(kept) })
  }

  /** What is to be written since it was last asked for. */
  changes(): Item[] {
    const items = Array.from(this.#changed, id => ({ id, data: this.#groups.get(id) }))
    this.#changed.clear()
    return items
  }

  #of(id: string): Group {
    return this.#groups.get(id) ?? FRESH
  }

  #put(id: string, group: Group | undefined): void {
    if (group) this.#groups.set(id, group)
    else this.#groups.delete(id)
    this.#changed.add(id)
  }
}
