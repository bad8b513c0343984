import type { FastifyInstance } from 'fastify'
import type { Clock, Millis } from '../core/time.ts'
import { publicQuestions } from '../store/index.ts'
import { needs, roleOf } from './access/access.ts'
import { addActs } from './acts.ts'
import { addAlerts } from './alerts/api.ts'
import { addAnswers } from './answers.ts'
import type { CallerAnswer, Period } from './api-types.ts'
import type { Dashboard } from './dashboard.ts'
import { sendFailure } from './failure.ts'
import type { Feed } from './feed.ts'
import { isPeriod, PERIODS } from './period.ts'
import { addReports } from './reports/reports.ts'

/** How long a summary is given to all who ask for the same. */
const SUMMARY_LIFETIME: Millis = 900

/** The routes under /api: `live`, `caller`, `status`, `sources`, `summary`, the questions to the store, and alerts. */
export function addApi(server: FastifyInstance, dashboard: Dashboard, feed: Feed): void {
  const summary = shared(
    (period: Period) => dashboard.summary(period),
    SUMMARY_LIFETIME,
    () => performance.now()
  )

  server.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
  })

  server.get('/live', needs('read'), (request, reply) => {
    if (!feed.open(reply.raw, () => request.mayStay()))
      return sendFailure(reply, 503, 'too many pages are open')
    reply.hijack()
    return reply
  })

  server.get('/caller', needs('read'), (request, reply) => {
    const { name, role, by } = roleOf(request)
    return reply.send({ name, role, by } satisfies CallerAnswer)
  })

  server.get('/status', needs('read'), async () => dashboard.status())

  if (dashboard.sources) server.get('/sources', needs('read'), async () => dashboard.sources?.())

  server.get<{ Querystring: Record<string, unknown> }>('/summary', needs('read'), (request, reply) => {
    const { period } = request.query
    return isPeriod(period)
      ? summary(period)
      : sendFailure(reply, 400, `period must be one of ${PERIODS.join(', ')}`)
  })

  const { answers, alerts, reports, acts } = dashboard
  if (answers) addAnswers(server, answers, publicQuestions('page'))
  if (alerts) server.register(async scope => addAlerts(scope, alerts))
  if (reports) addReports(server, reports)
  if (acts) addActs(server, acts)
}

/** Makes calls for the same key within `lifetime` one call, whose answer all get. A call that failed is not kept. */
export function shared<Key, Answer>(
  load: (key: Key) => Promise<Answer>,
  lifetime: Millis,
  clock: Clock
): (key: Key) => Promise<Answer> {
  const calls = new Map<Key, { answer: Promise<Answer>; begun: Millis }>()
  return key => {
    const call = calls.get(key)
    if (call && clock() - call.begun < lifetime) return call.answer
    const answer = load(key)
    calls.set(key, { answer, begun: clock() })
    answer.catch(() => calls.delete(key))
    return answer
  }
}
