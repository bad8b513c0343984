import type { FastifyReply } from 'fastify'
import { VisorError } from '../core/errors.ts'
import type { FailureAnswer } from './api-types.ts'

/** Answers with an error as api-types.ts describes it. */
export function sendFailure(reply: FastifyReply, status: number, error: string): FastifyReply {
  return reply.code(status).send({ error } satisfies FailureAnswer)
}

/** Answers with what went wrong. */
export function sendError(error: Error & { statusCode?: number }, reply: FastifyReply): FastifyReply {
  return sendFailure(reply, statusOf(error), error.message)
}

/** The HTTP status for an error: a wrong question is the asker's matter, one about lines may be none of this engine's. */
export function statusOf(error: Error & { statusCode?: number }): number {
  const code = error instanceof VisorError ? error.code : undefined
  return code === 'QUERY' ? 400 : code === 'NO_LINES' ? 501 : (error.statusCode ?? 500)
}
