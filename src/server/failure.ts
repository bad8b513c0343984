import type { FastifyReply } from 'fastify'
import { VisorError } from '../core/errors.ts'
import type { FailureAnswer } from './api-types.ts'

/** Answers with an error as api-types.ts describes it. */
export function fail(reply: FastifyReply, status: number, error: string): FastifyReply {
  return reply.code(status).send({ error } satisfies FailureAnswer)
}

/** Answers with what went wrong: a wrong question is the asker's matter. */
export function failWith(error: Error & { statusCode?: number }, reply: FastifyReply): FastifyReply {
  return fail(reply, statusOf(error), error.message)
}

/** The HTTP status for an error. */
export function statusOf(error: Error & { statusCode?: number }): number {
  const asker = error instanceof VisorError && error.code === 'QUERY'
  return asker ? 400 : (error.statusCode ?? 500)
}
