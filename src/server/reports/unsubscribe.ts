import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import type { Caller } from '../../core/caller.ts'
import { linkCaller } from '../access/access.ts'
import { addActPages, FORGED, type ActAnswer } from '../alerts/act.ts'

/** A mail address on the list of a schedule's reports. */
export interface Subscription {
  readonly schedule: string
  readonly address: string
}

/** Who gets the reports of schedules: the rest of Visor, seen from the server. */
export interface SubscriptionsService {
  /** What a token of an address is about, where this Visor has signed it. */
  read(token: string): Subscription | undefined
  /** Whether it gets mails. */
  has(subscription: Subscription): boolean
  /** Takes it off the list, and back; it may be so already. */
  end(subscription: Subscription, caller: Caller): void
  renew(subscription: Subscription, caller: Caller): void
}

/** What the page's own button sends; programs of mail send `List-Unsubscribe=One-Click` (RFC 8058). */
const returning = z.object({ action: z.literal('return') })

/**
 * `/unsubscribe/TOKEN`: where List-Unsubscribe leads. A mail program's one click does what the button there does, without cookies
 * and again and again with the same outcome. A token is about one schedule and one address.
 */
export function addUnsubscribing(server: FastifyInstance, service: SubscriptionsService): void {
  // One click may come as multipart/form-data as well: what is in it matters no more than that it was sent.
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, _body, done) => done(null, {}))
  const answerTo = (token: string, answer: (subscription: Subscription) => ActAnswer): ActAnswer => {
    const subscription = service.read(token)
    return subscription ? answer(subscription) : FORGED
  }
  addActPages(server, 'unsubscribe', {
    asked: token =>
      answerTo(token, subscription =>
        service.has(subscription) ? asking(subscription) : ended(subscription)
      ),
    sent: (token, body, from) =>
      answerTo(token, subscription => {
        const caller = linkCaller(subscription.address, from)
        if (returning.safeParse(body).success) {
          service.renew(subscription, caller)
          return renewed(subscription)
        }
        service.end(subscription, caller)
        return ended(subscription)
      })
  })
}

function asking({ schedule, address }: Subscription): ActAnswer {
  return {
    tone: 'ask',
    heading: `Unsubscribe from the report ${schedule}`,
    summary: `${address} gets no more mails of it. Others still do, and alerts are not touched.`,
    alerts: [],
    form: { button: 'Unsubscribe', asks: 'nothing', action: 'leave' }
  }
}

function ended({ schedule, address }: Subscription): ActAnswer {
  return {
    tone: 'done',
    heading: 'Unsubscribed',
    summary: `${address} gets no more mails of the report ${schedule}.`,
    alerts: [],
    form: { button: 'Get them again', asks: 'nothing', action: 'return' }
  }
}

function renewed({ schedule, address }: Subscription): ActAnswer {
  return {
    tone: 'done',
    heading: 'Subscribed again',
    summary: `${address} gets the mails of the report ${schedule} again.`,
    alerts: []
  }
}
