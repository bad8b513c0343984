import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Act, ActOf, RecordAct } from '../core/act.ts'
import { needs } from './access/access.ts'

/** The audit log: the rest of Visor, seen from the server. */
export interface ActsService {
  record: RecordAct
  /** Somebody whom nobody knows was refused. */
  refuse(from: string, act: Omit<ActOf, 'result'>): void
  /** The newest first. */
  list(limit: number): readonly Act[]
}

export interface ActsAnswer {
  readonly acts: readonly Act[]
}

/** How many the page shows. */
const SHOWN = 200

/** The route under /api of the audit log. */
export function addActs(server: FastifyInstance, service: ActsService): void {
  server.get('/acts', needs('read'), async (): Promise<ActsAnswer> => ({ acts: service.list(SHOWN) }))
}

/** Takes down who signs in and out, and which acts were refused: without a token, with a wrong one, of a role that may not, too often. */
export function noteRequests(server: FastifyInstance, service: ActsService): void {
  server.addHook('onResponse', async (request, reply) => {
    const { method, caller, ip, routeOptions } = request
    const what = SIGNING.get(`${method} ${routeOptions.url ?? ''}`)
    if (what !== undefined && reply.statusCode < 400 && caller) service.record(caller, { what })
    const why = WHY[reply.statusCode]
    if (why === undefined || !isNoted(request)) return
    const act = { what: what ?? `${method} ${routeOptions.url ?? '(nothing is there)'}`, why }
    if (caller) service.record(caller, { ...act, result: 'refused' })
    else service.refuse(ip, act)
  })
}

const SIGNING: ReadonlyMap<string, string> = new Map([
  ['POST /login', 'sign in'],
  ['POST /logout', 'sign out']
])

const WHY: Readonly<Record<number, string>> = {
  401: 'no token that is good',
  403: 'not allowed',
  429: 'too many tries'
}

/** Whether a refusal of it is worth a line: who only looks without a token, as any crawler does, tries nothing. */
function isNoted({ method, headers }: FastifyRequest): boolean {
  return method !== 'GET' || headers.authorization !== undefined
}
