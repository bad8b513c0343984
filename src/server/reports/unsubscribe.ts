import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import { ACT_POLICY } from '../alerts/act-page.ts'
import { answerErrors, FORGED, sendActPage, type ActAnswer } from '../alerts/act.ts'
import { BODY_LIMIT } from '../alerts/bodies.ts'

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
  end(subscription: Subscription): void
  renew(subscription: Subscription): void
}

interface Token {
  readonly Params: { readonly token: string }
}

/** What the page's own button sends; programs of mail send `List-Unsubscribe=One-Click` (RFC 8058). */
const returning = z.object({ action: z.literal('return') })

/**
 * `/unsubscribe/TOKEN`: where List-Unsubscribe leads. Programs that look into mails follow links, so GET only asks; POST, by the
 * button there or by a mail program's one click, does it, without cookies and again and again with the same outcome.
 * Who has the token may: it is signed, and about one schedule and one address.
 */
export function addUnsubscribing(server: FastifyInstance, service: SubscriptionsService): void {
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body))))
  )
  // One click may come as multipart/form-data as well: what is in it matters no more than that it was sent.
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, _body, done) => done(null, {}))
  answerErrors(server)
  const options = {
    bodyLimit: BODY_LIMIT,
    helmet: { contentSecurityPolicy: { useDefaults: false, directives: ACT_POLICY } }
  }
  server.get<Token>('/unsubscribe/:token', options, async ({ params }, reply) => {
    const subscription = service.read(params.token)
    if (!subscription) return sendActPage(reply, FORGED)
    return sendActPage(reply, service.has(subscription) ? asking(subscription) : ended(subscription))
  })
  server.post<Token>('/unsubscribe/:token', options, async ({ params, body }, reply) => {
    const subscription = service.read(params.token)
    if (!subscription) return sendActPage(reply, FORGED)
    if (returning.safeParse(body).success) {
      service.renew(subscription)
      return sendActPage(reply, renewed(subscription))
    }
    service.end(subscription)
    return sendActPage(reply, ended(subscription))
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
