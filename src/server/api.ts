import type { FastifyInstance } from 'fastify'
import { addAlerts } from './alerts/api.ts'
import type { Answers, Params } from './ask.ts'
import type { Period } from './api-types.ts'
import type { Dashboard } from './dashboard.ts'
import { fail } from './failure.ts'
import type { Feed } from './feed.ts'
import { isPeriod, PERIODS } from './period.ts'
import { shared } from './shared.ts'

const SUMMARY_LIFETIME = 900

/** The routes under /api: `live`, `status`, `summary`, the questions of ask.ts, and alerts. Their answers are the types of api-types.ts. */
export function addApi(server: FastifyInstance, dashboard: Dashboard, feed: Feed): void {
  const summary = shared(
    (period: Period) => dashboard.summary(period),
    SUMMARY_LIFETIME,
    () => performance.now()
  )

  server.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
  })

  server.get('/live', (_request, reply) => {
    if (!feed.open(reply.raw)) return fail(reply, 503, 'too many pages are open')
    reply.hijack()
    return reply
  })

  server.get('/status', async () => dashboard.status())

  server.get<{ Querystring: Record<string, unknown> }>('/summary', (request, reply) => {
    const { period } = request.query
    return isPeriod(period)
      ? summary(period)
      : fail(reply, 400, `period must be one of ${PERIODS.join(', ')}`)
  })

  const { answers, alerts } = dashboard
  if (answers) addAnswers(server, answers, PUBLIC)
  if (alerts) server.register(async scope => addAlerts(scope, alerts))
}

/** What a page may ask; SQL is for the socket alone. */
const PUBLIC = ['lines', 'count', 'stats', 'signatures'] as const

/** A route for each of some questions: `GET /lines?q=status:500`. */
export function addAnswers(
  server: FastifyInstance,
  answers: Answers,
  names: readonly (keyof Answers)[]
): void {
  for (const name of names) {
    server.get<{ Querystring: Params }>(`/${name}`, request => answers[name](request.query))
  }
}
