import type { IncomingHttpHeaders } from 'node:http'

/**
 * Whether a request comes from this server's own page or from no page at all: no other site may change something in the name
 * of who looks at it. Browsers show it by Sec-Fetch-Site and, where the page is not of a trustworthy origin, by Origin alone.
 */
export function fromOwnPage({ 'sec-fetch-site': site, origin, host }: IncomingHttpHeaders): boolean {
  if (site !== undefined) return site === 'same-origin'
  return origin === undefined || URL.parse(origin)?.host === host?.toLowerCase()
}
