import type { FastifyRequest } from 'fastify'
import { mayDo, type Caller, type Role } from '../../core/caller.ts'
import { rangeMatcher } from '../../settings/ranges.ts'

/** A proxy before the page, and how it says who is signed in there. */
export interface PageProxy {
  /** Its addresses, and ranges of them: what others say of who they are or speak for is not believed. */
  readonly trusted: readonly string[]
  /** The headers that name the user, and the user's groups; without the first nobody is signed in by the proxy. */
  readonly user?: string | undefined
  readonly groups?: string | undefined
  /** What everybody may do whom the proxy has signed in; and what some may, users by name and groups as `@name`. */
  readonly role: Role
  readonly roles: { readonly [More in Exclude<Role, 'read'>]?: readonly string[] | undefined }
  /** The name of a token that the proxy sends with each request: another program at its address has none. */
  readonly token?: string | undefined
}

/** Finds whom a trusted proxy has signed in, as it says; `token` is the name of the token that came along. */
export function proxyReader(
  proxy: PageProxy | undefined
): (request: FastifyRequest, token: string | undefined) => Caller | undefined {
  if (proxy?.user === undefined) return () => undefined
  const isTrusted = rangeMatcher(proxy.trusted)
  return (request, token) => {
    const peer = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
    const name = headerText(request, proxy.user)
    // A proxy that adds its header to the one that a client sent does not say who it is.
    if (isSentAgain(request, proxy.user)) return undefined
    if (name === '' || !isTrusted(peer) || token !== proxy.token) return undefined
    const names = [
      name,
      ...headerText(request, proxy.groups)
        .split(',')
        .map(group => `@${group.trim()}`)
    ]
    return { name, role: roleBy(proxy, names), from: request.ip, by: 'proxy' }
  }
}

/** The most that one of the names may do. A user whose own name begins with @ is none of a group. */
function roleBy({ role, roles }: PageProxy, [user = '', ...groups]: readonly string[]): Role {
  const isOf = (more: Exclude<Role, 'read'>): boolean =>
    roles[more]?.some(one => (one.startsWith('@') ? groups.includes(one) : one === user)) === true
  const found = isOf('admin') ? 'admin' : isOf('act') ? 'act' : 'read'
  return mayDo(role, found) ? role : found
}

function isSentAgain({ raw }: FastifyRequest, name: string | undefined): boolean {
  return name !== undefined && (raw.headersDistinct[name.toLowerCase()]?.length ?? 0) > 1
}

/** A header as text; proxies send UTF-8. Node.js reads it as Latin-1. */
function headerText({ headers }: FastifyRequest, name: string | undefined): string {
  const value = name === undefined ? undefined : headers[name.toLowerCase()]
  return typeof value === 'string' ? Buffer.from(value, 'latin1').toString().trim().slice(0, 1000) : ''
}
