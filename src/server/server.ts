import { existsSync } from 'node:fs'
import { Server as HttpsServer } from 'node:https'
import { join, resolve, sep } from 'node:path'
import helmet from '@fastify/helmet'
import files from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { systemCode, VisorError } from '../core/errors.ts'
import { addAccess, needs, openPage, type PageAccess } from './access/access.ts'
import { addLogin } from './access/login.ts'
import { noteRequests } from './acts.ts'
import { addActing } from './alerts/act.ts'
import { addMails } from './alerts/mails.ts'
import { addApi } from './api.ts'
import type { Status } from './api-types.ts'
import type { Dashboard } from './dashboard.ts'
import { addUnsubscribing } from './reports/unsubscribe.ts'
import { MAX_HEADERS, plainServer, sendFailure } from './failure.ts'
import { createFeed, type Feed, type FeedOptions } from './feed.ts'
import { hostAllowed, pageAddress, withoutPrefix } from './hosts.ts'
import { addProbes } from './probes.ts'
import { addReportPages } from './reports/reports.ts'
import { reasonOf } from '../system/reason.ts'
import { readPair, Renewal, type TlsFiles } from './tls.ts'

export interface ServerOptions {
  /** Address or name to listen on; loopback unless given. */
  readonly host?: string
  /** Where people reach the page by a proxy. */
  readonly url?: string | undefined
  /** 0 takes any free port. */
  readonly port: number
  readonly dashboard: Dashboard
  readonly access: PageAccess
  /** Folder of the built page. */
  readonly page: string
  readonly tls?: TlsFiles | undefined
  readonly feed?: FeedOptions
}

export interface RunningServer {
  /** Where a browser finds the page, `http://127.0.0.1:7070/`. */
  readonly address: string
  /** Ends open answers, the live ones too, and frees the port. */
  close(): Promise<void>
}

/**
 * Serves the page and its API. Fails with OPEN_PAGE where it would be open to others than this machine, with PORT_IN_USE when the
 * port is taken, with CONFIG and the like when the certificate cannot be used, or the address not be listened on for another reason.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host = '127.0.0.1' } = options
  const refused = openPage(host, options.access)
  if (refused) throw refused
  let renewal: Renewal | undefined
  const status = (): Status => withProblem(options.dashboard.status(), renewal?.problem)
  const dashboard = { ...options.dashboard, status }
  const feed = createFeed(dashboard, options.feed)
  const pair = options.tls && readPair(options.tls)
  const server = await pageServer({ ...options, host, dashboard }, feed, pair)
  try {
    await server.listen({ host, port: options.port })
  } catch (error) {
    await server.close()
    throw listenError(error, host, options.port)
  }
  const bound = server.server.address()
  const port = bound && typeof bound === 'object' ? bound.port : options.port
  const { server: secure } = server
  if (options.tls && pair && secure instanceof HttpsServer)
    renewal = new Renewal(secure, options.tls, pair, options.access)
  return {
    address: pageAddress(host, port, pair ? 'https' : 'http'),
    close: async () => {
      renewal?.close()
      await server.close()
    }
  }
}

function withProblem(status: Status, problem: string | undefined): Status {
  return problem === undefined ? status : { ...status, problems: [...(status.problems ?? []), problem] }
}

/** Characters of the longest part of an address: a signed link with the ids of all alerts of a message. */
const LONGEST_TOKEN = 4096

/** The page and its API, as they are to listen on a host: by TLS where there is a certificate. */
export async function pageServer(
  options: Omit<ServerOptions, 'port'> & { host: string },
  feed: Feed,
  pair?: ReturnType<typeof readPair>
): Promise<FastifyInstance> {
  const server = plainServer({
    routerOptions: { maxParamLength: LONGEST_TOKEN },
    trustProxy: [...(options.access.proxy?.trusted ?? [])],
    rewriteUrl: ({ url = '/' }) => withoutPrefix(url, options.url),
    ...(pair && { https: { ...pair, maxHeaderSize: MAX_HEADERS } })
  })
  server.addHook('onRequest', (request, reply, next) => {
    if (hostAllowed(request.headers.host, options.host, options.url)) next()
    else sendFailure(reply, 421, 'this server answers to localhost only, and to the name in page.url')
  })
  server.addHook('preClose', async () => feed.close())
  if (options.dashboard.acts) noteRequests(server, options.dashboard.acts)
  await server.register(helmet, SECURITY)
  await addAccess(server, options.access)
  await server.register(async scope => addLogin(scope, options.access))
  await server.register(async scope => addApi(scope, options.dashboard, feed), { prefix: '/api' })
  const { alerts, reports, subscriptions, probes } = options.dashboard
  if (probes) await server.register(async scope => addProbes(scope, probes, () => feed.listeners))
  if (reports) await server.register(async scope => addReportPages(scope, reports))
  if (alerts) {
    await server.register(async scope => addActing(scope, alerts))
    await server.register(async scope => addMails(scope, alerts))
  }
  if (subscriptions) await server.register(async scope => addUnsubscribing(scope, subscriptions))
  await addPage(server, resolve(options.page))
  return server
}

/**
 * Headers for a page of log text: nothing but its own files may load or run. No HSTS and no upgrade to https: whether a name is for TLS
 * alone is for its admin, or the proxy, to say; and none of the headers that browsers complain about over plain http.
 */
const SECURITY = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"]
    }
  },
  strictTransportSecurity: false,
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  frameguard: { action: 'deny' },
  referrerPolicy: { policy: 'no-referrer' }
} as const

/** Files with a hash in their name never change; all others are asked for anew each time. */
async function addPage(server: FastifyInstance, folder: string): Promise<void> {
  if (!existsSync(join(folder, 'index.html'))) {
    server.get('/', needs('read'), (_request, reply) =>
      sendFailure(reply, 503, `the page is not built: ${folder} has no index.html`)
    )
    return
  }
  const hashed = join(folder, 'assets') + sep
  await server.register(files, {
    root: folder,
    serve: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      const fixed = path.startsWith(hashed)
      reply.header('cache-control', fixed ? 'public, max-age=31536000, immutable' : 'no-cache')
    }
  })
  server.get<{ Params: { '*': string } }>('/*', needs('read'), ({ params: { '*': path } }, reply) =>
    path.split(/[/\\]/).includes('..') ? reply.callNotFound() : reply.sendFile(path || 'index.html')
  )
}

function listenError(error: unknown, host: string, port: number): VisorError {
  if (systemCode(error) === 'EADDRINUSE')
    return new VisorError('PORT_IN_USE', `port ${port} of ${host} is in use`)
  return new VisorError('CONFIG', `the page cannot listen on ${host}, port ${port}: ${reasonOf(error)}`, {
    cause: error
  })
}
