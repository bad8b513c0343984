import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { sendFailure } from '../failure.ts'
import { acknowledging, BODY_LIMIT, checked, historyQuery, silencing, unacknowledging } from './bodies.ts'
import type { AlertsService } from './service.ts'
import type { HistoryAnswer, MailsAnswer } from './types.ts'

/** The routes under /api of alerts: what there is, and what people do about it. Their answers are the types of types.ts. */
export function addAlerts(server: FastifyInstance, service: AlertsService): void {
  server.addHook('onRequest', async ({ method, headers }, reply) => {
    if (method === 'GET') return undefined
    if (!fromOwnPage(headers)) return sendFailure(reply, 403, 'only the page of this Visor may do that')
    if (/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) return undefined
    return sendFailure(reply, 415, 'a body of application/json is expected')
  })
  addReading(server, service)
  addAcknowledging(server, service)
  addSilencing(server, service)
}

function addReading(server: FastifyInstance, service: AlertsService): void {
  server.get('/alerts', async () => service.answer())
  server.get('/alerts/history', async ({ query }): Promise<HistoryAnswer> => ({
    transitions: service.history(checked(historyQuery, query))
  }))
  server.get('/mails', async (): Promise<MailsAnswer> => ({ mails: await service.mails() }))
}

const OPTIONS = { bodyLimit: BODY_LIMIT }

function addAcknowledging(server: FastifyInstance, service: AlertsService): void {
  server.post('/alerts/acknowledge', OPTIONS, async ({ body }, reply) => {
    const done = service.acknowledge(checked(acknowledging, body))
    return done ? reply.code(204).send() : sendFailure(reply, 404, 'there is no such alert any more')
  })
  server.post('/alerts/unacknowledge', OPTIONS, async ({ body }, reply) => {
    const done = service.unacknowledge(checked(unacknowledging, body).alert)
    return done ? reply.code(204).send() : sendFailure(reply, 404, 'there is no such alert any more')
  })
}

function addSilencing(server: FastifyInstance, service: AlertsService): void {
  server.post('/alerts/silence', OPTIONS, async ({ body }, reply) =>
    reply.code(201).send(service.silence(checked(silencing, body)))
  )
  server.post<{ Params: { id: string } }>('/alerts/silences/:id/end', OPTIONS, async ({ params }, reply) =>
    service.endSilence(params.id)
      ? reply.code(204).send()
      : sendFailure(reply, 404, 'there is no such silence any more')
  )
}

/**
 * Whether a request comes from this server's own page or from no page at all: no other site may change something in the name
 * of who looks at it. Browsers show it by Sec-Fetch-Site and, where the page is not of a trustworthy origin, by Origin alone.
 */
function fromOwnPage({ 'sec-fetch-site': site, origin, host }: IncomingHttpHeaders): boolean {
  if (site !== undefined) return site === 'same-origin'
  return origin === undefined || URL.parse(origin)?.host === host?.toLowerCase()
}
