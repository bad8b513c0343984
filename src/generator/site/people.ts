/** Who asks: user agents, and where people come from. */

type Weights = readonly (readonly [string, number])[]

const CHROME = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0'

export const BROWSERS: Weights = [
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME} Safari/537.36`, 34],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
    22
  ],
  [`Mozilla/5.0 (Linux; Android 10; K) ${CHROME} Mobile Safari/537.36`, 18],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15',
    12
  ],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME} Safari/537.36 Edg/141.0.0.0`, 7],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0', 5],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0', 5]
]

export const CRAWLERS: Weights = [
  ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 5],
  ['Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)', 3],
  [
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)',
    3
  ],
  ['Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)', 2]
]

export const APPS: Weights = [
  ['ShopApp/5.2 (Android 15; okhttp/4.12.0)', 3],
  ['ShopApp/5.2 CFNetwork/1568.300.101 Darwin/24.2.0', 2]
]

/** Programs of those who look for a way in. */
export const SCANNERS: Weights = [
  ['python-requests/2.32.3', 4],
  ['Mozilla/5.0 zgrab/0.x', 3],
  ['curl/8.5.0', 2],
  ['Go-http-client/1.1', 2]
]

export const REFERRERS: readonly (readonly [string | null, number])[] = [
  [null, 55],
  ['https://www.google.com/', 25],
  ['https://duckduckgo.com/', 6],
  ['https://www.bing.com/', 4],
  ['https://www.reddit.com/r/gardening/', 3],
  ['https://news.example.org/best-shops', 2]
]

export const USERS: readonly string[] = ['alice', 'bob', 'chen', 'dana', 'erik', 'farida']

/** First numbers of addresses that providers of people's lines hold, by how many come from there. */
export const NETWORKS: readonly (readonly [number, number])[] = [
  [24, 8],
  [31, 5],
  [46, 5],
  [62, 4],
  [73, 6],
  [79, 5],
  [84, 6],
  [91, 6],
  [103, 6],
  [109, 4],
  [121, 4],
  [151, 3],
  [176, 4],
  [185, 5],
  [189, 5],
  [201, 4],
  [213, 3]
]
