import type { FastifyInstance, FastifyReply } from 'fastify'
import { VisorError } from '../core/errors.ts'
import type { Answers, Params } from './ask.ts'
import type { Failure, Period } from './contract.ts'
import type { Dashboard } from './dashboard.ts'
import type { Feed } from './feed.ts'
import { isPeriod, PERIODS } from './period.ts'
import { shared } from './shared.ts'

const SUMMARY_LIFETIME = 900

/** The routes under /api: `live`, `status`, `summary`, and the questions of ask.ts. Their answers are the types of contract.ts. */
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

  if (dashboard.answers) addAnswers(server, dashboard.answers, PUBLIC)
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

/** Answers with an error as the contract has it. */
export function fail(reply: FastifyReply, status: number, error: string): FastifyReply {
  return reply.code(status).send({ error } satisfies Failure)
}

/** Answers with what went wrong: a wrong question is the asker's matter. */
export function failWith(error: Error & { statusCode?: number }, reply: FastifyReply): FastifyReply {
  const asker = error instanceof VisorError && error.code === 'QUERY'
  return fail(reply, asker ? 400 : (error.statusCode ?? 500), error.message)
}
