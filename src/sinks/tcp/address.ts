/**
 * Host and port of `SCHEME://HOST:PORT`, an IPv6 address in brackets; `undefined` for another scheme. What is missing
 * is left out.
 */
export function takeAddress(scheme: string, target: string): Record<string, string> | undefined {
  if (!target.startsWith(`${scheme}://`)) return undefined
  const rest = target.slice(scheme.length + 3).replace(/\/$/, '')
  const {
    six,
    host = '',
    port
  } = /^(?:\[(?<six>.*)\]|(?<host>[^:]*))(?::(?<port>.*))?$/s.exec(rest)?.groups ?? {}
  return { host: six ?? host, ...(port !== undefined && { port }) }
}
