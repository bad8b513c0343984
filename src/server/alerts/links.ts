import * as z from 'zod'
import type { AlertNotification } from '../../alerts/model.ts'
import { DAY_MS, type Clock, type Millis } from '../../core/time.ts'
import { signedTokens } from '../tokens.ts'

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
    notification: AlertNotification,
    page: string
  ): { readonly show: string; readonly acknowledge: string; readonly silence: string }
  /** What a token asks for that this Visor has signed. */
  read(token: string): LinkRequest | 'forged' | 'expired'
}

/** How long a link may be followed. */
const LIFETIME: Millis = 7 * DAY_MS

/** How many alerts a link may be about: an address must not become too long for mail programs. */
const MAX_ALERTS = 20

/** Links signed with a secret. */
export function signedLinks(secret: Buffer, clock: Clock): Links {
  const tokens = signedTokens(secret)
  const tokenOf = (action: LinkRequest['action'], { firing, created }: AlertNotification): string => {
    const ids = firing.slice(0, MAX_ALERTS).map(({ id }) => id)
    return tokens.sign([action, Math.floor(created + LIFETIME), ...ids])
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
      const value = tokens.read(token)
      if (value === undefined) return 'forged'
      const [action, until, ...alerts] = contents.parse(value)
      return clock() < until ? { action, alerts, until } : 'expired'
    }
  }
}

const contents = z.tuple([z.enum(['acknowledge', 'silence']), z.number()], z.string())
