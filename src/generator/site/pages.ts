/** The made-up shop: what can be asked for, where it leads, and how it answers. */

import type { Micros } from '../../core/time.ts'

/** Pages that are alike: where a visit leads from one of them, by groups and their weights. */
export interface PageGroup {
  readonly vhost: string
  readonly method: string
  readonly status: number
  /** Paths, a query with them perhaps; the first ones are asked for most (Zipf). */
  readonly paths: readonly string[]
  /** Median size in bytes, and how much sizes differ: the deviation of their logarithm. */
  readonly bytes: number
  readonly spread: number
  /** Median time to answer. */
  readonly micros: Micros
  /** How many times in a thousand the server fails on it. */
  readonly failing: number
  /** How many files of its own a browser asks for behind it, at most. */
  readonly assets: number
  readonly next: Readonly<Record<string, number>>
}

export const SHOP = 'shop.example.com'
export const BLOG = 'blog.example.com'
export const API = 'api.example.com'

/** Where the request for the login form goes. */
export const LOGIN = '/login'

const view = { vhost: SHOP, method: 'GET', status: 200, spread: 0.25, assets: 4 } as const
const action = { vhost: SHOP, method: 'POST', status: 302, spread: 0.05, bytes: 310, assets: 0 } as const
const call = { vhost: API, method: 'GET', status: 200, spread: 0.3, assets: 0 } as const

const words = ['fern', 'vinyl', 'atlas', 'tulip', 'tea', 'lamp', 'oak+table', 'wool']
const topics = ['spring-sale', 'how-to-prune', 'records-worth-having', 'the-long-read', 'opening-hours']

export const GROUPS: Readonly<Record<string, PageGroup>> = {
  home: {
    ...view,
    paths: ['/'],
    bytes: 14_200,
    micros: 21_000,
    failing: 0.2,
    next: { category: 5, search: 3, product: 3, login: 0.6, blog: 0.4 }
  },
  category: {
    ...view,
    paths: ['books', 'music', 'garden', 'kitchen', 'sale'].map(name => `/category/${name}`),
    bytes: 21_600,
    micros: 35_000,
    failing: 0.2,
    next: { product: 7, category: 2, home: 1 }
  },
  search: {
    ...view,
    paths: words.map(word => `/search?q=${word}`),
    bytes: 9_800,
    micros: 88_000,
    failing: 0.8,
    next: { product: 6, search: 3, home: 1 }
  },
  product: {
    ...view,
    paths: Array.from({ length: 240 }, (_, i) => `/product/${1000 + i * 7}`),
    bytes: 18_400,
    micros: 42_000,
    failing: 0.3,
    next: { product: 4, category: 3, add: 2, home: 1 }
  },
  add: { ...action, paths: ['/cart/add'], micros: 47_000, failing: 1, next: { cart: 1 } },
  cart: {
    ...view,
    paths: ['/cart'],
    bytes: 4_900,
    micros: 51_000,
    failing: 1,
    next: { checkout: 4, product: 2, home: 1 }
  },
  checkout: {
    ...view,
    paths: ['/checkout'],
    bytes: 7_700,
    micros: 140_000,
    failing: 3,
    next: { pay: 5, cart: 1 }
  },
  pay: { ...action, paths: ['/checkout/pay'], micros: 310_000, failing: 4, next: { thanks: 1 } },
  thanks: {
    ...view,
    paths: ['/checkout/thanks'],
    bytes: 5_200,
    micros: 30_000,
    failing: 0.2,
    next: { home: 1 }
  },
  login: { ...action, paths: [LOGIN], micros: 95_000, failing: 0.5, next: { account: 1 } },
  account: {
    ...view,
    paths: ['/account'],
    bytes: 6_300,
    micros: 60_000,
    failing: 0.5,
    next: { category: 2, home: 1 }
  },
  blog: {
    ...view,
    vhost: BLOG,
    paths: topics.map(topic => `/${topic}`),
    bytes: 31_000,
    micros: 9_000,
    failing: 0.1,
    next: { blog: 3, home: 2 }
  },
  stock: {
    ...call,
    paths: ['/v1/stock', '/v1/prices'],
    bytes: 640,
    micros: 12_000,
    failing: 0.4,
    next: { stock: 3, orders: 1 }
  },
  orders: { ...call, paths: ['/v1/orders'], bytes: 2_900, micros: 25_000, failing: 0.5, next: { stock: 1 } }
}

/** Where people come in, and what apps call first. */
export const ENTRIES = {
  person: { home: 30, product: 25, category: 8, blog: 8, search: 2 },
  app: { stock: 3, orders: 1 },
  crawler: { product: 20, category: 5, blog: 4, home: 2 }
} as const

export const ASSETS: readonly string[] = [
  '/static/app.css',
  '/static/app.js',
  '/static/logo.svg',
  '/favicon.ico'
]

/** Pages that are no more, and that old links and crawlers still ask for. */
export const GONE: readonly string[] = Array.from({ length: 40 }, (_, i) => `/old/${i}.html`)
