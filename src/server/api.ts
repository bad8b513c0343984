import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Failure, Period } from './contract.ts'
import type { Dashboard } from './dashboard.ts'
import type { Feed } from './feed.ts'
import { isPeriod, PERIODS } from './period.ts'
import { shared } from './shared.ts'

const SUMMARY_LIFETIME = 900
const LONGEST_PATTERN = 1000

/** The routes under /api: `live`, `status`, `summary` and `search`. Their answers are the types of contract.ts. */
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

  server.get<{ Querystring: Record<string, unknown> }>('/search', (request, reply) => {
    if (!dashboard.search) return fail(reply, 404, 'there is no store to search in')
    const { path } = request.query
    return typeof path === 'string' && path.length > 0 && path.length <= LONGEST_PATTERN
      ? dashboard.search(path)
      : fail(reply, 400, `path must be a pattern of 1 to ${LONGEST_PATTERN} characters`)
  })
}

/** Answers with an error as the contract has it. */
export function fail(reply: FastifyReply, status: number, error: string): FastifyReply {
  return reply.code(status).send({ error } satisfies Failure)
}
