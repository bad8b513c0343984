import { createHmac, timingSafeEqual } from 'node:crypto'
import * as z from 'zod'
import type { Notification } from '../../alerts/model.ts'
import { DAY_MS, type Clock, type Millis } from '../../core/time.ts'

/** What a link asks for: it may be followed `until` then (since 1970). */
export interface LinkRequest {
  readonly action: 'acknowledge' | 'silence'
  /** Ids of alerts. */
  readonly alerts: readonly string[]
  readonly until: Millis
}

/** Links in messages that let whoever has the message act at once. */
export interface Links {
  /** Those of a notification, on the page at an address such as `http://127.0.0.1:7070/`. The same for the same notification. */
  of(
    notification: Notification,
    page: string
  ): { readonly show: string; readonly acknowledge: string; readonly silence: string }
  /** What a token asks for that this Visor has signed. */
  read(token: string): LinkRequest | 'forged' | 'expired'
}

/** How long a link may be followed. */
const LIFETIME: Millis = 7 * DAY_MS

/** How many alerts a link may be about: an address must not become too long for mail programs. */
const MAX_ALERTS = 20

/** Links signed with a secret by HMAC-SHA256 (RFC 2104). */
export function signedLinks(secret: Buffer, clock: Clock): Links {
  const signature = (payload: string): string =>
    createHmac('sha256', secret).update(payload).digest('base64url')
  const tokenOf = (action: LinkRequest['action'], { firing, created }: Notification): string => {
    const ids = firing.slice(0, MAX_ALERTS).map(({ id }) => id)
    const payload = Buffer.from(JSON.stringify([action, Math.floor(created + LIFETIME), ...ids])).toString(
      'base64url'
    )
    return `${payload}.${signature(payload)}`
  }
  return {
    of(notification, page) {
      const alert = notification.firing[0] ?? notification.resolved[0]
      return {
        show: alert ? `${page}?alert=${encodeURIComponent(alert.id)}` : page,
        acknowledge: `${page}act/${tokenOf('acknowledge', notification)}`,
        silence: `${page}act/${tokenOf('silence', notification)}`
      }
    },
    read(token) {
      const [payload = ''] = token.split('.', 1)
      const [given, own] = [Buffer.from(token), Buffer.from(`${payload}.${signature(payload)}`)]
      if (given.length !== own.length || !timingSafeEqual(given, own)) return 'forged'
      const [action, until, ...alerts] = contents.parse(
        JSON.parse(Buffer.from(payload, 'base64url').toString())
      )
      return clock() < until ? { action, alerts, until } : 'expired'
    }
  }
}

const contents = z.tuple([z.enum(['acknowledge', 'silence']), z.number()], z.string())
