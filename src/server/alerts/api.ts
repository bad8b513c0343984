import type { FastifyInstance } from 'fastify'
import { needs, roleOf } from '../access/access.ts'
import { sendFailure } from '../failure.ts'
import { acknowledging, BODY_LIMIT, checked, historyQuery, silencing, unacknowledging } from './bodies.ts'
import type { AlertsService } from './service.ts'
import type { HistoryAnswer, MailsAnswer } from './types.ts'

/** The routes under /api of alerts: what there is, and what people do about it. Their answers are the types of types.ts. */
export function addAlerts(server: FastifyInstance, service: AlertsService): void {
  server.addHook('onRequest', async ({ method, headers }, reply) => {
    if (method === 'GET') return undefined
    if (/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) return undefined
    return sendFailure(reply, 415, 'a body of application/json is expected')
  })
  addReading(server, service)
  addAcknowledging(server, service)
  addSilencing(server, service)
}

function addReading(server: FastifyInstance, service: AlertsService): void {
  server.get('/alerts', needs('read'), async () => service.answer())
  server.get('/alerts/history', needs('read'), async ({ query }): Promise<HistoryAnswer> => ({
    transitions: service.history(checked(historyQuery, query))
  }))
  server.get('/mails', needs('read'), async (): Promise<MailsAnswer> => ({ mails: await service.mails() }))
}

const ACT = { ...needs('act'), bodyLimit: BODY_LIMIT }

function addAcknowledging(server: FastifyInstance, service: AlertsService): void {
  server.post('/alerts/acknowledge', ACT, async (request, reply) => {
    const done = service.acknowledge(checked(acknowledging, request.body), roleOf(request))
    return done ? reply.code(204).send() : sendFailure(reply, 404, 'there is no such alert any more')
  })
  server.post('/alerts/unacknowledge', ACT, async (request, reply) => {
    const done = service.unacknowledge(checked(unacknowledging, request.body).alert, roleOf(request))
    return done ? reply.code(204).send() : sendFailure(reply, 404, 'there is no such alert any more')
  })
}

function addSilencing(server: FastifyInstance, service: AlertsService): void {
  server.post('/alerts/silence', ACT, async (request, reply) =>
    reply.code(201).send(service.silence(checked(silencing, request.body), roleOf(request)))
  )
  server.post<{ Params: { id: string } }>('/alerts/silences/:id/end', ACT, async (request, reply) =>
    service.endSilence(request.params.id, roleOf(request))
      ? reply.code(204).send()
      : sendFailure(reply, 404, 'there is no such silence any more')
  )
}
