import { addKey, cellOf, type Rollup } from '../../src/core/rollup.ts'
import { bucketOf } from '../../src/core/sketch.ts'
import { windowOf } from '../../src/core/window.ts'

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32
  }
}

export interface Request {
  readonly time: number
  readonly client: string
  readonly method: string
  readonly path: string
  readonly status: number
  readonly bytes: number
  readonly agent: string
  readonly referrer: string
  readonly duration: number
}

const PATHS = [
  '/',
  '/products/',
  '/products/kettle-steel-1-7l',
  '/assets/app.7f3c.css',
  '/assets/app.91aa.js',
  '/favicon.ico',
  '/cart',
  '/api/stock?sku=4417',
  '/blog/2026/autumn-teas',
  '/api/v2/session',
  '/images/hero@2x.avif',
  '/wp-login.php',
  '/.env',
  '/search',
  '/checkout/confirm',
  '/feed.xml'
]
const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Version/19.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'curl/8.11.0',
  'python-requests/2.32.4',
  'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)'
]
const REFERRERS = [
  'https://www.example.com/',
  'https://www.google.com/',
  'https://duckduckgo.com/',
  'https://news.ycombinator.com/item?id=41'
]

/** One request as a small shop might see it. */
export function makeRequest(time: number, random: () => number): Request {
  const pick = <T>(list: readonly T[], first: T): T => list[Math.floor(random() ** 2 * list.length)] ?? first
  const path = pick(PATHS, '/')
  const probe = path.startsWith('/wp') || path === '/.env'
  const dice = random()
  return {
    time,
    client: `203.0.113.${Math.floor(random() ** 3 * 250)}`,
    method: path === '/cart' || path === '/api/v2/session' ? 'POST' : 'GET',
    path,
    status: probe
      ? 404
      : dice < 0.006
        ? 500
        : dice < 0.01
          ? 503
          : dice < 0.04
            ? 404
            : dice < 0.16
              ? 304
              : 200,
    bytes: Math.floor(300 + random() ** 4 * 180_000),
    agent: pick(AGENTS, 'curl/8.11.0'),
    referrer: pick(REFERRERS, 'https://www.example.com/'),
    duration: 900 * Math.exp(3.4 * random() + (dice < 0.05 ? 3 : 0))
  }
}

const WINDOW = 10_000_000

/** Counts a request as the built-in metrics do. */
export function countRequest(rollup: Rollup, request: Request): void {
  const add = (metric: string, key: string, sum: number): void =>
    addKey(cellOf(rollup, windowOf(request.time * 1000, WINDOW), 'shop', metric), key, 1, sum)
  const { bytes, status, client, path, duration } = request
  add('requests', '', bytes)
  add('status', String(status), bytes)
  add('method', request.method, bytes)
  add('protocol', request.path.length % 3 === 0 ? 'HTTP/1.1' : 'HTTP/2.0', bytes)
  add('path', path, bytes)
  add('client', client, bytes)
  add('agent', request.agent, bytes)
  add('referrer', request.referrer, bytes)
  add('duration', String(bucketOf(duration)), duration)
  if (status < 400) return
  add('error_client', client, bytes)
  add('error_path', path, bytes)
}

export interface ErrorLine {
  readonly time: number
  readonly level: string
  readonly module: string
  readonly code: string
  readonly message: string
}

const ERRORS: readonly Omit<ErrorLine, 'time'>[] = [
  { level: 'error', module: 'proxy_fcgi', code: 'AH01071', message: 'AH01071: Got error <…>' },
  {
    level: 'warn',
    module: 'ssl',
    code: 'AH01909',
    message: 'AH01909: server certificate does NOT include an ID which matches the server name'
  },
  {
    level: 'error',
    module: 'authz_core',
    code: 'AH01630',
    message: 'AH01630: client denied by server configuration: <path>'
  },
  {
    level: 'notice',
    module: 'mpm_event',
    code: 'AH00489',
    message: 'AH00489: Apache/<version> configured -- resuming normal operations'
  },
  { level: 'crit', module: 'core', code: 'AH00144', message: "AH00144: couldn't grab the accept mutex" }
]

export function makeErrorLine(time: number, random: () => number): ErrorLine {
  const line = ERRORS[Math.floor(random() ** 1.6 * ERRORS.length)] ?? {
    level: 'error',
    module: '',
    code: '',
    message: ''
  }
  return { time, ...line }
}

export function countErrorLine(rollup: Rollup, line: ErrorLine): void {
  for (const metric of ['level', 'module', 'code', 'message'] as const)
    addKey(cellOf(rollup, windowOf(line.time * 1000, WINDOW), 'shop-errors', metric), line[metric], 1, 0)
}
