/** The shop that the demo pretends to be: what can be asked for, who asks, and what goes wrong. */

export interface Page {
  readonly path: string
  readonly weight: number
  /** Median size in bytes, median time to answer in microseconds. */
  readonly bytes: number
  readonly micros: number
  /** How many times in a thousand the server fails on it. */
  readonly failing: number
  readonly method?: string
}

const products = Array.from({ length: 240 }, (_, i) => ({
  path: `/product/${1000 + i * 7}`,
  weight: 60 / (i + 4),
  bytes: 18_400,
  micros: 42_000,
  failing: 2
}))

export const PAGES: readonly Page[] = [
  { path: '/', weight: 30, bytes: 14_200, micros: 21_000, failing: 1 },
  { path: '/search', weight: 14, bytes: 9_800, micros: 88_000, failing: 6 },
  { path: '/category/books', weight: 9, bytes: 22_300, micros: 35_000, failing: 1 },
  { path: '/category/music', weight: 6, bytes: 21_100, micros: 34_000, failing: 1 },
  { path: '/category/garden', weight: 4, bytes: 20_700, micros: 36_000, failing: 1 },
  { path: '/cart', weight: 6, bytes: 4_900, micros: 51_000, failing: 8 },
  { path: '/cart/add', weight: 4, bytes: 310, micros: 47_000, failing: 8, method: 'POST' },
  { path: '/checkout', weight: 2, bytes: 7_700, micros: 140_000, failing: 25 },
  { path: '/login', weight: 3, bytes: 2_400, micros: 95_000, failing: 3, method: 'POST' },
  { path: '/api/stock', weight: 12, bytes: 640, micros: 12_000, failing: 4 },
  { path: '/api/suggest', weight: 10, bytes: 420, micros: 8_000, failing: 2 },
  ...products
]

export const ASSETS: readonly string[] = [
  '/static/app.css',
  '/static/app.js',
  '/static/logo.svg',
  '/favicon.ico'
]

/** Asked for by those who look for a way in; the site has none of them. */
export const PROBES: readonly string[] = [
  '/wp-login.php',
  '/.env',
  '/.git/config',
  '/phpmyadmin/index.php',
  '/cgi-bin/luci/;stok=/locale',
  '/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php'
]

export const AGENTS: readonly (readonly [string, number])[] = [
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
    34
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
    22
  ],
  [
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36',
    18
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15',
    12
  ],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0', 8],
  ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 4],
  ['Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)', 2]
]

export const REFERRERS: readonly (readonly [string | null, number])[] = [
  [null, 55],
  ['https://www.google.com/', 25],
  ['https://duckduckgo.com/', 6],
  ['https://www.reddit.com/r/gardening/', 3],
  ['https://news.example.org/best-shops', 2]
]

/** What the server's error log says when a page fails. */
export const FAILURES: readonly { level: string; module: string; message: string }[] = [
  {
    level: 'error',
    module: 'proxy',
    message: 'AH00898: Error reading from remote server returned by {path}'
  },
  {
    level: 'error',
    module: 'proxy_http',
    message: 'AH01102: error reading status line from remote server app-{n}:3000'
  },
  {
    level: 'error',
    module: 'proxy_fcgi',
    message:
      "AH01071: Got error 'PHP message: PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted in /srv/shop/cart.php on line {n}'"
  },
  { level: 'crit', module: 'core', message: 'AH00102: unable to open connection {n} to the order database' }
]
