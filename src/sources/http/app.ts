import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { ENCODINGS, readBody } from './body.ts'
import type { Deposits } from './deposits.ts'
import { bodyLines } from './lines.ts'
import type { HttpOptions } from './options.ts'
import { Refusal } from './refusal.ts'

/** After how many seconds a sender shall come again. */
const RETRY_AFTER = 5

/** What answers the requests; it does not listen by itself. `refused` is called for those that were not let in. */
export async function createApp(
  options: HttpOptions,
  deposits: Deposits,
  refused: (why: string) => void
): Promise<FastifyInstance> {
  const { tls, token } = options
  const app = fastify({
    serverFactory: handle => (tls ? createTlsServer(tls, handle) : createServer(handle)),
    exposeHeadRoutes: false
  })
  app.removeAllContentTypeParsers()
  // Bodies are read as they come, within bounds.
  app.addContentTypeParser('*', (_request, _body, done) => done(null))
  const admits = token === undefined ? () => true : bearing(token)
  app.addHook('onRequest', async (request, reply) => {
    // A web page can make a browser post text anywhere, but not without saying that it is one.
    if (request.headers.origin !== undefined) {
      refused('requests refused: of a web page')
      throw new Refusal(403, 'web pages cannot send lines')
    }
    if (admits(request.headers.authorization)) return
    refused('requests refused: wrong token')
    reply.header('www-authenticate', 'Bearer')
    throw new Refusal(401, 'the token is missing or wrong')
  })
  app.post('/', request => deposit(request, options, deposits))
  app.setErrorHandler<Error>((error, _request, reply) => answer(error, reply))
  app.setNotFoundHandler((request, reply) => {
    if (request.url !== '/') throw new Refusal(404, 'there is nothing here; lines are posted to /')
    reply.header('allow', 'POST')
    throw new Refusal(405, 'lines are sent with POST')
  })
  await app.ready()
  return app
}

/** Takes in the lines of a request; resolves when they are durable. */
async function deposit(
  { raw, headers }: FastifyRequest,
  { body: limit, wait }: HttpOptions,
  deposits: Deposits
): Promise<{ lines: number }> {
  let held = 0
  try {
    await deposits.room(wait)
    const body = await readBody(raw, limit, bytes => {
      deposits.hold(bytes)
      held += bytes
    })
    const { bytes, count } = bodyLines(headers['content-type'] ?? '', body)
    if (count > 0) await deposits.put(bytes)
    return { lines: count }
  } finally {
    deposits.free(held)
  }
}

function answer(error: Error, reply: FastifyReply): FastifyReply {
  const status = error instanceof Refusal ? error.status : 500
  if (status === 503) reply.header('retry-after', String(RETRY_AFTER))
  if (status === 415) reply.header('accept-encoding', ENCODINGS.join(', '))
  return reply.code(status).send({ error: error.message })
}

/** A test whether a request's `Authorization` shows the token; it takes as long whatever that is. */
function bearing(token: string): (authorization: string | undefined) => boolean {
  const expected = digest(`Bearer ${token}`)
  return (authorization = '') =>
    timingSafeEqual(digest(authorization.replace(/^bearer /i, 'Bearer ')), expected)
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
