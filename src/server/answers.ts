import type { ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { STREAMED, type AnswerPart } from '../core/answer.ts'
import type { Answers, AskCall, TextParameters } from '../store/index.ts'
import { needs } from './access/access.ts'
import { failureAnswer, statusOf } from './failure.ts'

/**
 * A route for each of some questions: `GET /lines?where=status:500`. Who accepts `STREAMED` hears how far it is, where that takes
 * long; who goes away ends it.
 */
export function addAnswers(server: FastifyInstance, answers: Answers, names: readonly string[]): void {
  for (const name of names) {
    const answer: (parameters: TextParameters, call: AskCall) => Promise<unknown> = Reflect.get(answers, name)
    server.get<{ Querystring: TextParameters }>(`/${name}`, needs('read'), ({ query, headers }, reply) => {
      const ask = (call: Omit<AskCall, 'signal'> = {}): Promise<unknown> =>
        answer(query, { ...call, signal: leaving(reply.raw) })
      return headers.accept?.includes(STREAMED) ? streamed(reply, ask) : ask()
    })
  }
}

/** Aborts when whoever waits for an answer goes away before it. */
function leaving(response: ServerResponse): AbortSignal {
  const left = new AbortController()
  response.on('close', () => {
    if (!response.writableFinished) left.abort()
  })
  return left.signal
}

/** Answers as usual, unless something is said of progress before: then in lines, of which the last has the end. */
async function streamed(
  reply: FastifyReply,
  ask: (call: Omit<AskCall, 'signal'>) => Promise<unknown>
): Promise<unknown> {
  let begun = false
  const write = (part: AnswerPart): void => {
    if (!begun) {
      begun = true
      reply.hijack()
      for (const [name, value] of Object.entries(reply.type(STREAMED).getHeaders()))
        if (value !== undefined) reply.raw.setHeader(name, value)
    }
    reply.raw.write(`${JSON.stringify(part)}\n`)
  }
  try {
    const answer = await ask({ onProgress: progress => write({ progress }) })
    if (!begun) return answer
    write({ answer })
  } catch (error) {
    if (!begun || !(error instanceof Error)) throw error
    write({ status: statusOf(error), ...failureAnswer(error) })
  }
  reply.raw.end()
  return reply
}
