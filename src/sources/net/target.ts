/** `HOST:PORT` of `SCHEME://HOST:PORT`; `undefined` for another scheme. */
export function addressIn(scheme: string, target: string): string | undefined {
  if (!target.startsWith(`${scheme}://`)) return undefined
  return target.slice(scheme.length + 3).replace(/\/$/, '')
}
