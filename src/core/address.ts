/** Where something listens, or is to be found. */
export interface Address {
  /** A name or an IP address; IPv6 without brackets. */
  readonly host: string
  readonly port: number
}

const ADDRESS = /^(?:(?:\[(?<six>[\da-f:.%\w]+)\]|(?<host>[^\s:[\]/]*)):)?(?<port>\d{1,5})$/i

/** Reads `HOST:PORT`, `[::1]:PORT`, `:PORT` or `PORT`, the host being empty in the last two; else `undefined`. */
export function parseAddress(text: string): Address | undefined {
  const { six, host = '', port } = ADDRESS.exec(text)?.groups ?? {}
  if (port === undefined || Number(port) > 65_535) return undefined
  return { host: six ?? host, port: Number(port) }
}

/** `127.0.0.1:5555`, `[::1]:5555`; the inverse of `parseAddress`. */
export function addressText({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** Whether a host (IPv6 without brackets) is this machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}
