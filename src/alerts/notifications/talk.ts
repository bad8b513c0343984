import * as z from 'zod'
import type { Alert, Occasion } from '../model.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** How long after a notification of new alerts the next one comes at the earliest, while they keep coming. */
export const FOLLOW = [MINUTE, 2 * MINUTE, 5 * MINUTE] as const

/** How many alerts that are over wait to be told. */
const OVER = 100

/** What one receiver was told of one group's trouble. It is kept in the state. Times are milliseconds since 1970. */
export const talkData = z.object({
  /** The id of the alert that it began with, and how many notifications were made since. */
  start: z.string(),
  serial: z.number(),
  /** The id of the first notification that was sent. */
  thread: z.string().optional(),
  /** Ids of the alerts that it was told to fire, and not to be over. */
  told: z.array(z.string()),
  /** Alerts that are over and were not told to be. */
  over: z.array(z.custom<Alert>()),
  /** No notification of new alerts before; and how far the pause has grown. */
  next: z.number(),
  pause: z.number(),
  /** When a reminder is due, and how long the time until then was. */
  remind: z.number(),
  after: z.number()
})

export type Talk = z.output<typeof talkData>

export const NEW: Talk = { start: '', serial: 0, told: [], over: [], next: 0, pause: 0, remind: 0, after: 0 }

/** Why nobody is told of an alert. */
export type Hidden = 'silenced' | 'inhibited' | 'flapping' | 'acknowledged'

/** What there is to tell of. */
export interface Scene {
  /** The alerts of the group that fire. */
  readonly alerts: readonly { readonly alert: Alert; readonly hidden?: Hidden | undefined }[]
  /** Ids of those that a silence held until now. */
  readonly awake: ReadonlySet<string>
  /** After how long the first reminder comes; 0: none. */
  readonly repeat: number
  readonly now: number
}

/** A notification to be. */
export interface Draft {
  readonly occasion: Occasion
  /** The new ones first. */
  readonly firing: readonly Alert[]
  readonly resolved: readonly Alert[]
  /** How many of those that fire are new. */
  readonly news: number
}

/** What the receiver is told now, if anything, and how things stand after. */
export function goesOn(talk: Talk, scene: Scene): { readonly talk: Talk; readonly draft?: Draft } {
  const occasion = occasionOf(talk, scene)
  if (!occasion) return { talk: isOver(talk, scene) ? { ...talk, told: [], over: [] } : talk }
  const { now, repeat } = scene
  const news = newsOf(talk, scene)
  const known = scene.alerts.filter(
    ({ alert, hidden }) =>
      talk.told.includes(alert.id) && (!hidden || (hidden === 'acknowledged' && occasion !== 'reminder'))
  )
  const firing = [...news, ...known.map(({ alert }) => alert)]
  const over = new Set(talk.over.map(({ id }) => id))
  const before = occasion === 'resolved' ? [] : talk.told.filter(id => !over.has(id))
  const fresh = talk.told.length === 0
  const pause = occasion === 'more' ? grown(talk, now) : 0
  const after = fresh
    ? repeat
    : occasion === 'reminder'
      ? Math.max(repeat, Math.min(2 * talk.after, DAY))
      : talk.after
  return {
    talk: {
      ...talk,
      start: talk.start || (firing[0] ?? talk.over[0])?.id || '',
      told: [...before, ...news.map(({ id }) => id)],
      over: [],
      ...(news.length > 0 && { next: now + (FOLLOW[pause] ?? 0), pause }),
      remind: now + after,
      after
    },
    draft: { occasion, firing, resolved: talk.over, news: news.length }
  }
}

function occasionOf(talk: Talk, scene: Scene): Occasion | undefined {
  const { now, repeat, alerts, awake } = scene
  const news = newsOf(talk, scene).length > 0
  if (alerts.some(({ alert, hidden }) => !hidden && awake.has(alert.id))) return 'silence over'
  if (news && talk.told.length === 0 && talk.over.length === 0) return 'fired'
  if (isOver(talk, scene)) return talk.over.length > 0 ? 'resolved' : undefined
  const missed = talk.over.some(({ id }) => !talk.told.includes(id))
  if ((news || missed) && now >= talk.next) return 'more'
  const known = alerts.some(({ alert, hidden }) => !hidden && talk.told.includes(alert.id))
  return known && repeat > 0 && now >= talk.remind ? 'reminder' : undefined
}

function newsOf({ told }: Talk, { alerts }: Scene): Alert[] {
  return alerts.filter(({ alert, hidden }) => !hidden && !told.includes(alert.id)).map(({ alert }) => alert)
}

/** All that it was told of is over, and there is nothing new. */
function isOver(talk: Talk, scene: Scene): boolean {
  if (talk.told.length === 0 && talk.over.length === 0) return false
  return newsOf(talk, scene).length === 0 && !scene.alerts.some(({ alert }) => talk.told.includes(alert.id))
}

/** The pause grows while new alerts keep coming, and is the shortest again when they do not. */
function grown({ next, pause }: Talk, now: number): number {
  return now - next > (FOLLOW[pause] ?? 0) ? 0 : Math.min(pause + 1, FOLLOW.length - 1)
}

/** What becomes of it when an alert is over: `tell` says whether the receiver is to be told. */
export function withOver(talk: Talk, alert: Alert, tell: boolean): Talk {
  if (!tell) return without(talk, alert)
  const over = [...talk.over, alert].slice(-OVER)
  const lost = talk.over.filter(one => !over.includes(one)).map(({ id }) => id)
  return { ...talk, told: talk.told.filter(id => !lost.includes(id)), over }
}

/** The receiver was not told of an alert after all, or was told all of it elsewhere. The same object where it never was. */
export function without(talk: Talk, { id }: Alert): Talk {
  const told = talk.told.filter(known => known !== id)
  const over = talk.over.filter(other => other.id !== id)
  return told.length + over.length === talk.told.length + talk.over.length ? talk : { ...talk, told, over }
}
