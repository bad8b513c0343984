import type { LogEvent } from '../core/fields.ts'
import { logNormal, weighted, zipf, type Random } from './random.ts'
import { AGENTS, ASSETS, FAILURES, PAGES, PROBES, REFERRERS, type Page } from './site.ts'

/** One request of the pretended site, and the error-log line that it caused, if any. */
export interface Visit {
  readonly access: LogEvent
  readonly error?: LogEvent
}

interface Visitor {
  readonly client: string
  readonly agent: string
  readonly user: string | null
}

const HOST = 'https://shop.example.com'

/** Makes the requests of a site one by one, all chance taken from `random`: the same seed, the same log. */
export function traffic(random: Random, visitors = 400): (time: number, zone: number) => Visit {
  const pool = Array.from({ length: visitors }, () => newVisitor(random))
  const nextVisitor = zipf(visitors, 0.9)
  const page = weighted(PAGES.map(page => [page, page.weight] as const))
  const kind = weighted([
    ['page', 70],
    ['asset', 27],
    ['probe', 1.2],
    ['missing', 1.8]
  ] as const)
  return (time, zone) => {
    const visitor = pool[nextVisitor(random)]!
    const base = {
      time,
      zone,
      client: visitor.client,
      ident: null,
      user: visitor.user,
      agent: visitor.agent,
      protocol: 'HTTP/1.1',
      vhost: 'shop.example.com',
      port: 443,
      query: null
    }
    switch (kind(random)) {
      case 'asset':
        return { access: { ...base, ...asset(random) } }
      case 'probe':
        return probe(random, base)
      case 'missing':
        return {
          access: {
            ...base,
            method: 'GET',
            path: `/old/${Math.floor(random() * 40)}.html`,
            status: 404,
            bytes: 1_245,
            duration: 900,
            referrer: null
          }
        }
      default:
        return ask(random, base, page(random))
    }
  }
}

function newVisitor(random: Random): Visitor {
  const octet = (): number => 1 + Math.floor(random() * 254)
  return {
    client:
      random() < 0.12
        ? `2001:db8:${octet().toString(16)}::${octet().toString(16)}`
        : `203.0.${octet()}.${octet()}`,
    agent: weighted(AGENTS)(random),
    user: random() < 0.04 ? ['alice', 'bob', 'chen', 'dana'][Math.floor(random() * 4)]! : null
  }
}

function asset(random: Random): Partial<LogEvent> {
  const path = ASSETS[Math.floor(random() * ASSETS.length)]!
  const cached = random() < 0.4
  return {
    method: 'GET',
    path,
    status: cached ? 304 : 200,
    bytes: cached ? null : Math.round(logNormal(random, 24_000, 0.2)),
    duration: Math.round(logNormal(random, 700, 0.4)),
    referrer: `${HOST}/`
  }
}

function probe(random: Random, base: LogEvent): Visit {
  const path = PROBES[Math.floor(random() * PROBES.length)]!
  const access = {
    ...base,
    method: 'GET',
    path,
    status: 404,
    bytes: 1_245,
    duration: 800,
    referrer: null,
    agent: 'python-requests/2.32.3'
  }
  const message = `AH00128: File does not exist: /srv/shop/public${path}`
  return { access, error: complaint(random, base, { level: 'info', module: 'core', message }) }
}

function ask(random: Random, base: LogEvent, page: Page): Visit {
  const fails = random() * 1000 < page.failing
  const status = fails
    ? random() < 0.6
      ? 502
      : 500
    : page.method === 'POST'
      ? 302
      : random() < 0.02
        ? 301
        : 200
  const slow = fails ? 8 : 1
  const access = {
    ...base,
    method: page.method ?? 'GET',
    path: page.path,
    query:
      page.path === '/search'
        ? `q=${['fern', 'vinyl', 'atlas', 'tulip', 'tea'][Math.floor(random() * 5)]}`
        : null,
    status,
    bytes: fails ? 512 : Math.max(120, Math.round(logNormal(random, page.bytes, 0.25))),
    duration: Math.round(logNormal(random, page.micros * slow, 0.5)),
    referrer: random() < 0.5 ? `${HOST}/` : weighted(REFERRERS)(random)
  }
  if (!fails) return { access }
  const failure = FAILURES[Math.floor(random() * FAILURES.length)]!
  const message = failure.message
    .replace('{path}', page.path)
    .replace('{n}', String(1 + Math.floor(random() * 30)))
  return { access, error: complaint(random, base, { ...failure, message }) }
}

/** What the error log says of a request. */
function complaint(
  random: Random,
  { time, zone, client = null }: LogEvent,
  said: { level: string; module: string; message: string }
): LogEvent {
  const worker = Math.floor(random() * 8)
  return {
    time,
    zone,
    client,
    client_port: 20_000 + Math.floor(random() * 40_000),
    pid: 2210 + worker,
    tid: 140_158_091_960_000 + worker * 2240,
    ...said
  }
}
