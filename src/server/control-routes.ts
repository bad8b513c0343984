import { randomUUID } from 'node:crypto'
import { createReadStream, rmSync, statSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import { recorded, type ActOf, type RecordAct } from '../core/act.ts'
import type { Caller } from '../core/caller.ts'
import { SECOND_MS } from '../core/time.ts'
import { acknowledging, BODY_LIMIT, checked, silencing } from './alerts/bodies.ts'
import type { LoginLinks } from './access/once.ts'
import type { TokenKeeper } from './access/tokens.ts'
import type { AlertsService } from './alerts/service.ts'
import type { ExplainAnswer } from './alerts/types.ts'
import { sendFailure } from './failure.ts'

/** Who asks, as the asker says: there is no way to look it up on a socket, and only admins can open it. */
export const USER_HEADER = 'visor-user'

/** What the daemon answers besides questions about the store. Whoever reaches the socket is an admin. */
export interface ControlRoutes {
  /** How an alert rule stands. @throws VisorError QUERY for one that there is not */
  readonly explain?: (rule: string) => ExplainAnswer
  /** The reports of a schedule as they would be now; `send` has them sent. */
  readonly report?: (schedule: string, send: boolean) => Promise<unknown>
  readonly backup?: Copies
  /** Gives the disk back what is free within the store's file. */
  readonly shrink?: () => Promise<unknown>
  /** Forgets an address, or the lines that a query finds; with `isTrial` it only says what that would be. */
  readonly forget?: (what: string, isTrial: boolean) => Promise<unknown>
  /** Takes the configuration anew; gives what has changed. @throws VisorError where it is refused */
  readonly reload?: () => Promise<{ readonly changed: readonly string[] }>
  /** A reading of the state by its name; `undefined` for what is none. */
  readonly read?: (name: string, given: readonly unknown[]) => Promise<unknown>
  readonly alerts?: Pick<AlertsService, 'acknowledge' | 'unacknowledge' | 'silence' | 'endSilence'>
  readonly tokens?: TokenKeeper
  /** Links to sign in with, in the name of somebody. @throws VisorError CONNECTION where there is no page */
  readonly login?: (name: string) => LoginLinks
  /** Takes down what is done here, but for what is done about alerts. */
  readonly record?: RecordAct
  /** What became of all sources. */
  readonly sources?: () => Promise<unknown>
  /** Sends a test notification to a receiver. @throws VisorError USAGE where there is none */
  readonly testReceiver?: (name: string) => Promise<unknown>
}

/** The files of a backup. */
export interface Copies {
  /** Their names, as seen from its folder. */
  names(this: void): readonly string[]
  /** Copies one of them, as it is at one moment. */
  copy(this: void, name: string, to: string): Promise<unknown>
}

/** A route for all that is there. `folder` takes copies until they are fetched. */
export function addControlRoutes(server: FastifyInstance, routes: ControlRoutes, folder: string): void {
  const { explain, report, backup, read, alerts, tokens, login, sources, testReceiver, reload } = routes
  const noted = noting(routes.record)
  if (explain)
    server.get<{ Querystring: { rule?: unknown } }>('/explain', async ({ query }) =>
      explain(text(query.rule))
    )
  if (report)
    server.get<{ Querystring: { schedule?: unknown; send?: unknown } }>(
      '/report',
      async ({ query, headers }) => {
        const [schedule, send] = [text(query.schedule), query.send === 'true']
        const made = async (): Promise<unknown> => report(schedule, send)
        return send ? noted(headers, { what: 'send report', about: schedule }, made) : made()
      }
    )
  addStoreActs(server, routes, noted)
  if (reload)
    server.post('/reload', async ({ headers }) =>
      noted(headers, { what: 'reload configuration' }, async () => reload())
    )
  if (sources) server.get('/sources', async () => sources())
  if (testReceiver)
    server.get<{ Querystring: { name?: unknown } }>('/test-receiver', async ({ query, headers }) => {
      const name = text(query.name)
      return noted(headers, { what: 'test receiver', about: name }, async () => testReceiver(name))
    })
  if (read)
    server.post<{ Params: { name: string } }>(
      '/state/:name',
      { bodyLimit: BODY_LIMIT },
      async ({ params, body }) => ({
        answer: await read(params.name, Array.isArray(body) ? body : [])
      })
    )
  if (backup) addCopies(server, backup, noted, folder)
  if (alerts) addActs(server, alerts)
  if (tokens) addTokens(server, tokens, noted)
  if (login)
    server.get('/login', async ({ headers }) =>
      noted(headers, { what: 'make login link' }, async () => login(socketCaller(headers).name))
    )
}

/** What changes the store. */
function addStoreActs(server: FastifyInstance, { shrink, forget }: ControlRoutes, noted: Noted): void {
  if (shrink)
    server.get('/shrink', async ({ headers }) =>
      noted(headers, { what: 'shrink store' }, async () => shrink())
    )
  if (forget)
    server.post('/forget', { bodyLimit: BODY_LIMIT }, async ({ body, headers }) => {
      const { what, isTrial } = checked(forgetting, body)
      const work = async (): Promise<unknown> => forget(what, isTrial)
      // Whom it is about is what nobody is to know any more.
      return isTrial ? work() : noted(headers, { what: 'forget' }, work)
    })
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** What there is to copy, a copy where the daemon can write, and one for those where it cannot. */
function addCopies(server: FastifyInstance, { names, copy }: Copies, noted: Noted, folder: string): void {
  server.get<{ Querystring: { to?: unknown } }>('/backup/files', async ({ query, headers }) =>
    noted(headers, { what: 'back up', about: text(query.to) }, async () => names())
  )
  server.get<{ Querystring: { name?: unknown; to?: unknown } }>('/backup/copy', async ({ query }) => {
    await copy(String(query.name), String(query.to))
    return {}
  })
  server.get<{ Querystring: { name?: unknown } }>('/backup/file', async ({ query }, reply) => {
    const name = names().find(name => name === query.name)
    if (name === undefined) return sendFailure(reply, 404, 'there is no such file')
    const made = join(folder, `copy-${randomUUID()}`)
    const remove = (): void => rmSync(made, { force: true })
    try {
      await copy(name, made)
      const bytes = createReadStream(made).on('close', remove)
      return await reply
        .header('content-length', statSync(made).size)
        .type('application/octet-stream')
        .send(bytes)
    } catch (error) {
      remove()
      throw error
    }
  })
}

/** Admins may act in the name of somebody else: from where it came shows who did. */
const named = { as: z.string().trim().min(1).max(60).optional() }
const acknowledgingAs = acknowledging.extend({ ...named, undo: z.boolean().default(false) })
const silencingAs = silencing.extend({ ...named, for: z.int().min(SECOND_MS) })
const forgetting = z.strictObject({ what: z.string().min(1), isTrial: z.boolean() })
const ending = z.strictObject({ id: z.string().min(1) })

function addActs(server: FastifyInstance, alerts: NonNullable<ControlRoutes['alerts']>): void {
  const options = { bodyLimit: BODY_LIMIT }
  server.post('/alerts/acknowledge', options, async ({ body, headers }) => {
    const { as, undo, ...given } = checked(acknowledgingAs, body)
    const caller = socketCaller(headers, as)
    return { done: undo ? alerts.unacknowledge(given.alert, caller) : alerts.acknowledge(given, caller) }
  })
  server.post('/alerts/silence', options, async ({ body, headers }) => {
    const { as, ...given } = checked(silencingAs, body)
    return alerts.silence(given, socketCaller(headers, as))
  })
  server.post('/alerts/end-silence', options, async ({ body, headers }) => ({
    done: alerts.endSilence(checked(ending, body).id, socketCaller(headers))
  }))
}

function addTokens(server: FastifyInstance, tokens: TokenKeeper, noted: Noted): void {
  type Named = { Querystring: { name?: unknown; role?: unknown } }
  server.get('/token-list', async () => tokens.list())
  server.get<Named>('/token-add', async ({ query, headers }) => {
    const about = `${text(query.name)}, role ${text(query.role)}`
    return noted(headers, { what: 'add token', about }, async () => tokens.add(query))
  })
  server.get<Named>('/token-revoke', async ({ query, headers }) => {
    const name = text(query.name)
    return noted(headers, { what: 'revoke token', about: name }, async () => {
      tokens.revoke(name)
      return {}
    })
  })
}

/** Does something, and takes down how it went. */
type Noted = <Answer>(
  headers: IncomingHttpHeaders,
  act: ActOf,
  work: () => Promise<Answer>
) => Promise<Answer>

function noting(record: RecordAct = () => {}): Noted {
  return async (headers, act, work) => recorded(record, socketCaller(headers), act, work)
}

/** Who calls on the socket, by what the caller says. */
export function socketCaller(headers: IncomingHttpHeaders, as?: string): Caller {
  const user = userIn(headers[USER_HEADER])
  const other = as !== undefined && as !== user
  return { name: as ?? user, role: 'admin', from: other ? `socket, ${user}` : 'socket', by: 'socket' }
}

function userIn(header: string | string[] | undefined): string {
  try {
    return decodeURIComponent(String(header ?? '')).slice(0, 60) || 'somebody'
  } catch {
    return 'somebody'
  }
}
