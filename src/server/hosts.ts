import { isIP } from 'node:net'
import { isLoopback } from '../core/address.ts'

/**
 * Whether the Host header of a request names this server. On loopback only its own names do: a page of another
 * site whose name was made to point at 127.0.0.1 (DNS rebinding) could read the logs otherwise. A server that
 * listens on other addresses has names that it cannot know, and takes them all. `url` is where people reach it by a proxy.
 */
export function hostAllowed(header: string | undefined, listening: string, url = ''): boolean {
  if (!isLoopback(unbracketed(listening))) return true
  const name = hostName(header ?? '')
  const own = [unbracketed(listening).toLowerCase(), unbracketed(URL.parse(url)?.hostname ?? '')]
  return name !== undefined && (isLoopback(name) || own.includes(name))
}

/** Whether a Host header is one of the names that loopback has of itself. */
export function isNamedLoopback(header: string | undefined): boolean {
  return isLoopback(hostName(header ?? '') ?? '')
}

/** The name in `name:port`, `[::1]:port`, in lower case; `undefined` when it is none. */
function hostName(header: string): string | undefined {
  if (/[/?#@\\]/.test(header)) return undefined
  const url = URL.parse(`http://${header}`)
  return url ? unbracketed(url.hostname) : undefined
}

/** `::1` of `[::1]`; any other host as it is. */
export function unbracketed(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1')
}

/** Address of the page as a browser takes it: any address (`0.0.0.0`, `::`) becomes this machine. */
export function pageAddress(host: string, port: number, scheme: 'http' | 'https' = 'http'): string {
  const bare = unbracketed(host)
  const name = bare === '0.0.0.0' ? '127.0.0.1' : bare === '::' ? '::1' : bare
  return `${scheme}://${isIP(name) === 6 ? `[${name}]` : name}:${port}/`
}

/** A path without the one that the page has behind a proxy, which passes on all of it or what is after that; `url` is the page's there. */
export function withoutPrefix(path: string, url = ''): string {
  const prefix = URL.parse(url)?.pathname ?? '/'
  return path.startsWith(prefix) ? path.slice(prefix.length - 1) : path
}
