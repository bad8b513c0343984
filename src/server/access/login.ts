import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import * as z from 'zod'
import type { Caller, Role } from '../../core/caller.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type Millis } from '../../core/time.ts'
import { counted } from '../../core/units.ts'
import { statusOf } from '../failure.ts'
import { PLAIN_PAGE, plainPart, sendPlainPage, takeForms, type PlainPage } from '../plain-page.ts'
import { isDirect, needs, sessionCookie, type PageAccess } from './access.ts'

/** How long a browser is signed in at most: by a token, and by a link of `visor login`, which nobody can revoke. */
const LASTING: Millis = 7 * DAY_MS
const LASTING_BY_LINK: Millis = 12 * HOUR_MS

/** Wrong tokens that are answered within a minute: of one address (IPv6: of one /64), and of all. */
const MOST_OF_ADDRESS = 10
const MOST_OF_ALL = 100

/** Bytes of the form: a token or a key, and where to go then. */
const BODY_LIMIT = 8192

const form = z.object({
  token: z.string().max(200).optional(),
  key: z.string().max(200).optional(),
  next: z.string().max(4000).catch('')
})

/** What somebody has to show for themselves. */
interface Credential {
  readonly name: string
  readonly role: Role
  readonly token?: string
  readonly expires: Millis
}

/**
 * `/login`, where people sign in with a token; `/login/KEY`, with a link that `visor login` has printed; `/logout`. GET changes
 * nothing. Limits hold for wrong tokens alone: a right one, which nobody can guess, is never turned away for what others try.
 */
export async function addLogin(server: FastifyInstance, access: PageAccess): Promise<void> {
  server.removeAllContentTypeParsers()
  takeForms(server)
  server.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) =>
    sendPlainPage(reply, statusOf(error), failed(error.message))
  )
  await server.register(rateLimit, { global: false, timeWindow: MINUTE_MS })
  const limits = [
    server.createRateLimit({ max: MOST_OF_ADDRESS }),
    server.createRateLimit({ max: MOST_OF_ALL, keyGenerator: () => 'all' })
  ]
  const options = { ...needs('nothing'), ...LOGIN_PAGE, bodyLimit: BODY_LIMIT }

  server.get<{ Querystring: unknown }>('/login', options, async ({ caller, query }, reply) => {
    const { next } = form.catch({ next: '' }).parse(query)
    return sendPlainPage(
      reply,
      200,
      caller && caller.by !== 'loopback' ? signedIn(caller) : asking(next, caller)
    )
  })
  server.get<{ Params: { key: string } }>('/login/:key', options, async ({ params: { key } }, reply) => {
    const name = access.once.nameOf(key)
    return name === undefined
      ? sendPlainPage(reply, 403, OVER)
      : sendPlainPage(reply, 200, offering(name, key))
  })
  server.post('/login', options, async (request, reply) => {
    const { data } = form.safeParse(request.body)
    const credential = data && credentialOf(data, access)
    if (credential) return enter(request, reply, { ...credential, next: data.next }, access)
    const spent = await Promise.all(limits.map(async limit => limit(request)))
    const wait = Math.max(...spent.map(one => (!one.isAllowed && one.isExceeded ? one.ttl : 0)))
    if (wait > 0) return sendPlainPage(reply.header('retry-after', secondsOf(wait)), 429, tooMany(wait))
    if (data?.key !== undefined) return sendPlainPage(reply, 403, OVER)
    return sendPlainPage(reply, 401, asking(data?.next ?? '', request.caller, WRONG))
  })
  server.post('/logout', options, async (request, reply) => {
    endSession(request, access)
    return setCookie(request, reply, '', 0, access).redirect('./login', 303)
  })
}

/** The pages here are not to be framed, kept or told of; forms say where they come from, which the guard against other sites needs. */
const LOGIN_PAGE = { helmet: { ...PLAIN_PAGE.helmet, referrerPolicy: { policy: 'same-origin' } } } as const

function credentialOf(
  { token: secret, key }: z.output<typeof form>,
  { records, once, clock }: PageAccess
): Credential | undefined {
  const now = clock()
  if (key !== undefined) {
    const name = once.take(key)
    return name === undefined ? undefined : { name, role: 'admin', expires: now + LASTING_BY_LINK }
  }
  const token = records.tokenOf(secret?.trim() ?? '', now)
  if (!token) return undefined
  const { name, role, expires = Infinity } = token
  return { name, role, token: name, expires: Math.min(expires, now + LASTING) }
}

/** Begins a session, and goes on to where somebody wanted to be. */
function enter(
  request: FastifyRequest,
  reply: FastifyReply,
  { next, ...session }: Credential & { readonly next: string },
  access: PageAccess
): FastifyReply {
  endSession(request, access)
  const now = access.clock()
  const secret = access.records.beginSession(session, now)
  // Of whom the audit log says it.
  request.caller = { name: session.name, role: session.role, from: request.ip, by: 'session' }
  return setCookie(request, reply, secret, session.expires - now, access).redirect(within(next), 303)
}

/**
 * Without a path the cookie is for the folder of /login, also where a proxy has put that below another one. Lax: who follows the link of
 * a mail is signed in, and requests of other sites that change something are refused anyway (access.ts).
 */
function setCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  secret: string,
  lasting: Millis,
  access: PageAccess
): FastifyReply {
  const cookie = { httpOnly: true, sameSite: 'lax', secure: isSecure(request, access) } as const
  return reply.setCookie(sessionCookie(request), secret, { ...cookie, maxAge: secondsOf(lasting) })
}

function endSession(request: FastifyRequest, { records }: PageAccess): void {
  const secret = request.cookies[sessionCookie(request)]
  if (secret !== undefined) records.endSession(secret)
}

/** Whether a browser has asked by TLS, as far as that is known here. */
function isSecure(request: FastifyRequest, { url }: PageAccess): boolean {
  return request.protocol === 'https' || (url?.startsWith('https:') === true && !isDirect(request))
}

/** The address of something of this server, seen from /login; of nothing else, whatever it says. */
function within(next: string): string {
  const { pathname, search } = new URL(`./${next}`, 'http://visor/')
  return `./${pathname.replace(/^\/+/, '')}${search}`
}

function secondsOf(ms: Millis): number {
  return Math.ceil(ms / SECOND_MS)
}

const WRONG = 'This is no token that is good: it is misspelt, was revoked, or has expired.'

const ASKING = `<% if (it.problem) { %><p class="problem" role="alert"><%= it.problem %></p><% } %>
<p>With a token, which the admin of this Visor makes (<code>visor token add</code>). On its own machine, <code>visor login</code> prints a link instead.</p>
<form method="post" action="./login">
  <input type="hidden" name="next" value="<%= it.next %>">
  <label>Token<input type="password" name="token" required maxlength="200" autocomplete="current-password" autofocus></label>
  <button>Sign in</button>
</form>
<% if (it.open) { %><p><a href="./">Look without signing in</a></p><% } %>
`

function asking(next: string, caller: Caller | undefined, problem?: string): PlainPage {
  const body = plainPart(ASKING, { next, problem, open: caller?.by === 'loopback' })
  return { heading: 'Sign in to Visor', tone: problem === undefined ? 'ask' : 'wrong', body }
}

const OFFERING = `<p>This browser can then do all that <%= it.name %> may, for twelve hours. The link works once.</p>
<form method="post" action="../login">
  <input type="hidden" name="key" value="<%= it.key %>">
  <button autofocus>Sign in as <%= it.name %></button>
</form>
`

function offering(name: string, key: string): PlainPage {
  return { heading: 'Sign in to Visor', tone: 'ask', body: plainPart(OFFERING, { name, key }) }
}

const SIGNED_IN = `<p><%= it.name %> may <%= it.what %>.</p>
<form method="post" action="./logout"><button>Sign out</button></form>
<p><a href="./">Open Visor</a></p>
`

const MAY: Readonly<Record<Role, string>> = {
  read: 'look at everything here',
  act: 'look, acknowledge and silence',
  admin: 'do everything here'
}

function signedIn({ name, role }: Caller): PlainPage {
  return { heading: 'You are signed in', tone: 'done', body: plainPart(SIGNED_IN, { name, what: MAY[role] }) }
}

const OVER: PlainPage = {
  heading: 'This link does not work',
  tone: 'wrong',
  body: '<p>It was used already, or is older than ten minutes. <code>visor login</code> prints another one.</p>'
}

function tooMany(wait: Millis): PlainPage {
  const text = `Wait ${counted(secondsOf(wait), 'second')}, then try again. A right token is taken at any time.`
  return {
    heading: 'Too many wrong tokens',
    tone: 'wrong',
    body: plainPart('<p><%= it.text %></p>', { text })
  }
}

function failed(text: string): PlainPage {
  return { heading: 'This did not work', tone: 'wrong', body: plainPart('<p><%= it.text %></p>', { text }) }
}
