import cookies from '@fastify/cookie'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isLoopback } from '../../core/address.ts'
import { mayDo, type Caller, type Role } from '../../core/caller.ts'
import { VisorError } from '../../core/errors.ts'
import type { Clock } from '../../core/time.ts'
import type { AccessRecords, AccessToken } from '../../state/types.ts'
import { sendFailure } from '../failure.ts'
import { isNamedLoopback, unbracketed } from '../hosts.ts'
import type { OnceKeys } from './once.ts'
import { proxyReader, type PageProxy } from './proxy.ts'

/** What a route needs: a role; a signed link, which its address has; or nothing. */
export type Needs = Role | 'link' | 'nothing'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call the route. */
    readonly needs?: Needs
  }
  interface FastifyRequest {
    /** Absent for somebody unknown, who gets no further than to routes that need nothing or a link. */
    caller: Caller | undefined
    /** Whether who was let in would be again now: a token may be revoked while an answer goes on. */
    mayStay(): boolean
  }
}

/** Who may come in. */
export interface PageAccess {
  /** `loopback`: a program on this machine may read without a token. */
  readonly mode: 'loopback' | 'token'
  readonly records: Pick<AccessRecords, 'tokens' | 'tokenOf' | 'sessionOf' | 'beginSession' | 'endSession'>
  readonly once: OnceKeys
  readonly proxy?: PageProxy | undefined
  /** Where people reach the page by a proxy. */
  readonly url?: string | undefined
  readonly clock: Clock
}

/** The options of a route that say what it needs. */
export function needs(what: Needs): { readonly config: { readonly needs: Needs } } {
  return { config: { needs: what } }
}

/**
 * Lets those in who may do what a route needs; finds out who they are, for all routes that are added after it. A route that does
 * not say what it needs cannot be added. Who asks for what is not there needs what the page does, so that nobody learns what is.
 */
export async function addAccess(server: FastifyInstance, access: PageAccess): Promise<void> {
  server.addHook('onRoute', ({ method, url, config }) => {
    if (config?.needs === undefined)
      throw new RangeError(`the route ${String(method)} ${url} does not say what it needs`)
  })
  const callerOf = callerReader(access)
  server.decorateRequest('caller', undefined)
  server.decorateRequest('mayStay', function (this: FastifyRequest) {
    return refusal(this, callerOf(this)) === undefined
  })
  await server.register(cookies)
  server.addHook('onRequest', async (request, reply) => {
    const isAct = neededBy(request) !== 'link' && !/^(GET|HEAD)$/.test(request.method)
    if (isAct && !fromOwnPage(request, access.url))
      return sendFailure(reply, 403, 'only the page of this Visor may do that')
    request.caller = callerOf(request)
    const refused = refusal(request, request.caller)
    if (!refused) return undefined
    if (refused.code !== 'SIGN_IN') throw refused
    if (isNavigation(request)) return reply.redirect(loginAddress(request), 303)
    reply.header('www-authenticate', 'Bearer realm="Visor"')
    throw refused
  })
}

/** Why a page must not listen on an address as it is configured: it would be open to others than this machine. */
export function openAddress(host: string, mode: PageAccess['mode']): VisorError | undefined {
  if (isLoopback(unbracketed(host)) || mode === 'token') return undefined
  return refusedPage(
    `${host} is no address of this machine alone: everybody who reaches it could read the logs`,
    'Ask for a token, by `page: { access: token }` in the configuration or by `--access token`, and make one: `visor token add NAME --role act`.'
  )
}

/** The same, and why nobody could sign in there. */
export function openPage(host: string, { mode, records, clock, proxy }: PageAccess): VisorError | undefined {
  const refused = openAddress(host, mode)
  const isGood = ({ expires = Infinity }: AccessToken): boolean => expires > clock()
  if (refused || isLoopback(unbracketed(host)) || proxy?.user !== undefined) return refused
  if (records.tokens().some(isGood)) return undefined
  return refusedPage(
    `${host} is no address of this machine alone: a token is asked for, but there is none that is good, so nobody could sign in`,
    'Make one: `visor token add NAME --role act`.'
  )
}

function refusedPage(message: string, remedy: string): VisorError {
  return new VisorError('OPEN_PAGE', message, { remedy })
}

/** Whether a browser wants a page to show it. */
function isNavigation({ method, headers }: FastifyRequest): boolean {
  return method === 'GET' && /\btext\/html\b/.test(headers.accept ?? '')
}

/** The way from an address to the page that signs in, and from there to the address; also where a proxy has put both below another one. */
function loginAddress({ url }: FastifyRequest): string {
  const path = url.replace(/^\//, '')
  const up = '../'.repeat(path.replace(/\?.*/s, '').split('/').length - 1)
  return `${up || './'}login${path === '' ? '' : `?next=${encodeURIComponent(path)}`}`
}

/** Who calls a route that needs a role. */
export function roleOf({ caller }: FastifyRequest): Caller {
  if (!caller) throw new RangeError('a route that needs no role has no caller')
  return caller
}

/** The caller that a link in a mail stands for, by the name that was filled in, or by the mail's address. */
export function linkCaller(name: string, from: string): Caller {
  return { name, role: 'act', from, by: 'link' }
}

/** The name of the session's cookie. Cookies are those of a host, whatever its port: each of several Visors there has its own. */
export function sessionCookie({ socket }: FastifyRequest): string {
  return `visor_${socket.localPort}`
}

function neededBy({ is404, routeOptions }: FastifyRequest): Needs {
  return is404 ? 'read' : (routeOptions.config.needs ?? 'admin')
}

function refusal(request: FastifyRequest, caller: Caller | undefined): VisorError | undefined {
  const needed = neededBy(request)
  if (needed === 'nothing' || needed === 'link') return undefined
  if (!caller || (caller.by === 'loopback' && needed !== 'read'))
    return new VisorError('SIGN_IN', needed === 'read' ? 'who reads here signs in' : 'who acts here signs in')
  if (mayDo(caller.role, needed)) return undefined
  return new VisorError('ROLE', `${caller.name} has the role ${caller.role}; this needs ${needed}`)
}

/** Finds out who calls: by a token, as a proxy says, by a session, or as a program on this machine. */
function callerReader({ mode, records, clock, proxy }: PageAccess) {
  const proxyCaller = proxyReader(proxy)
  return (request: FastifyRequest): Caller | undefined => {
    const { headers, ip: from } = request
    const [, bearer] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? []
    const token = bearer === undefined ? undefined : records.tokenOf(bearer, clock())
    // The proxy's token comes with all that it passes on, and lets nobody in by itself.
    const isProxy = token !== undefined && token.name === proxy?.token
    if (bearer !== undefined && !isProxy)
      return token && { name: token.name, role: token.role, from, by: 'token' }
    const proxied = proxyCaller(request, token?.name)
    if (proxied) return proxied
    const cookie = request.cookies[sessionCookie(request)]
    const session = cookie === undefined ? undefined : records.sessionOf(cookie, clock())
    if (session) return { name: session.name, role: session.role, from, by: 'session' }
    if (mode !== 'loopback' || isProxy || !isDirect(request)) return undefined
    return { name: 'loopback', role: 'read', from, by: 'loopback' }
  }
}

/** What a proxy adds to a request that it passes on. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via']

/** Whether a request is of a program on this machine, and of nobody that a proxy there speaks for. */
export function isDirect({ headers, socket }: FastifyRequest): boolean {
  const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  const forwarded = FORWARDED.some(name => headers[name] !== undefined)
  return isLoopback(address) && !forwarded && isNamedLoopback(headers.host)
}

/**
 * Whether a request comes from this server's own page or from no page at all: no other site may change something in the name
 * of who looks at it. Browsers show it by Sec-Fetch-Site and, where the page is not of a trustworthy origin, by Origin alone.
 */
function fromOwnPage({ headers, host }: FastifyRequest, url: string | undefined): boolean {
  const { 'sec-fetch-site': site, origin } = headers
  if (site !== undefined) return site === 'same-origin'
  if (origin === undefined) return true
  const from = URL.parse(origin)?.host
  const own = [headers.host?.toLowerCase(), host.toLowerCase(), URL.parse(url ?? '')?.host]
  return from !== undefined && own.includes(from)
}
