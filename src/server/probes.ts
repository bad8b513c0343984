import type { FastifyInstance, FastifyRequest } from 'fastify'
import { needs } from './access/access.ts'

/** How Visor itself does, for those who watch over it. */
export interface ProbesService {
  /** For each part that is not ready the reason, a sentence without its end; nothing of it is of a log. */
  readonly readiness: () => Readonly<Partial<Record<string, string>>>
  /** The parts that there are. */
  readonly parts: readonly string[]
  /** The metrics of Visor itself, and their media type. `listeners`: how many hear the live feed. */
  readonly metrics: (listeners: number) => Promise<{ readonly text: string; readonly type: string }>
}

/**
 * `/health`: the process answers. `/ready`: all parts do their work, else 503 and which do not. They tell nothing but that, and
 * are for everybody. `/metrics`: Prometheus' text format.
 */
export function addProbes(
  server: FastifyInstance,
  { readiness, parts, metrics }: ProbesService,
  listeners: () => number
): void {
  server.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
  })
  const open = { ...needs('nothing'), exposeHeadRoute: true }
  server.get('/health', open, async (request, reply) => {
    const text = 'Visor is alive.'
    return wantsText(request)
      ? reply.type('text/plain; charset=utf-8').send(`${text}\n`)
      : { status: 'alive', text }
  })
  server.get('/ready', open, async (request, reply) => {
    const missing = readiness()
    const reasons = Object.values(missing)
    const text = reasons.length === 0 ? 'Visor is ready.' : `Visor is not ready: ${reasons.join('; ')}.`
    reply.code(reasons.length === 0 ? 200 : 503)
    if (wantsText(request)) return reply.type('text/plain; charset=utf-8').send(`${text}\n`)
    return {
      status: reasons.length === 0 ? 'ready' : 'not ready',
      text,
      parts: Object.fromEntries(parts.map(part => [part, missing[part] ?? 'ready']))
    }
  })
  server.get('/metrics', needs('read'), async (_request, reply) => {
    const { text, type } = await metrics(listeners())
    return reply.type(type).send(text)
  })
}

/** JSON is for whoever does not ask for text. */
function wantsText({ headers: { accept = '' } }: FastifyRequest): boolean {
  return accept.includes('text/') && !accept.includes('application/json')
}
