import fastify, { type FastifyInstance, type FastifyReply, type FastifyServerOptions } from 'fastify'
import { knownError, VisorError, type ErrorCode } from '../core/errors.ts'
import type { FailureAnswer } from './api-types.ts'

/** Answers with an error as api-types.ts describes it. */
export function sendFailure(reply: FastifyReply, status: number, error: string): FastifyReply {
  return reply.code(status).send({ error } satisfies FailureAnswer)
}

/** An error as the body of an answer. */
export function failureAnswer(error: Error): FailureAnswer {
  const known = knownError(error)
  if (!known) return { error: error.message }
  const { code, message, remedy } = known
  return { error: message, code, remedy }
}

const STATUSES: Partial<Record<ErrorCode, number>> = { QUERY: 400, SIGN_IN: 401, ROLE: 403, NO_LINES: 501 }

/** The HTTP status for an error: a wrong question is the asker's matter, one about lines may be none of this engine's. */
export function statusOf(error: Error & { statusCode?: number }): number {
  const code = error instanceof VisorError ? error.code : undefined
  return (code && STATUSES[code]) ?? error.statusCode ?? 500
}

/** Bytes of all headers: a question may have texts of 10,000 characters, each up to nine in an address. */
export const MAX_HEADERS = 128 * 1024

/** A server whose answers to wrong requests are those of this file. */
export function plainServer(options: FastifyServerOptions = {}): FastifyInstance {
  const server = fastify({
    forceCloseConnections: true,
    bodyLimit: 1024,
    exposeHeadRoutes: false,
    http: { maxHeaderSize: MAX_HEADERS },
    ...options
  })
  server.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) =>
    reply.code(statusOf(error)).send(failureAnswer(error))
  )
  server.setNotFoundHandler((_request, reply) => sendFailure(reply, 404, 'there is nothing here'))
  return server
}
