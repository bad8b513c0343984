import world from './world.json' with { type: 'json' }

/** What is drawn, with its weight. */
type Weights = readonly (readonly [string, number])[]

/** User agents of people, of search engines, of the shop's app, and of those who look for a way in. */
export const BROWSERS: Weights = Object.entries(world.browsers)
export const CRAWLERS: Weights = Object.entries(world.crawlers)
export const APPS: Weights = Object.entries(world.apps)
export const SCANNERS: Weights = Object.entries(world.scanners)

/** Where people come from; `null` is nowhere. */
export const REFERRERS = Object.entries(world.referrers).map(
  ([page, weight]) => [page || null, weight] as const
)

/** First numbers of addresses that providers of people's lines hold, by how many come from there. */
export const NETWORKS = Object.entries(world.networks).map(
  ([first, weight]) => [Number(first), weight] as const
)

export const USERS: readonly string[] = world.users

/** Asked for by those who look for a way in; the site has none of them. */
export const PROBES: readonly string[] = world.probes
