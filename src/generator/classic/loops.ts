import { escapeText } from '../../core/escape.ts'
import type { Kind } from '../../core/fields.ts'
import type { Fields } from '../../core/parts.ts'
import { binomial, weighted, type Random } from '../random.ts'
import { address, oneOf, uniform, integerBetween } from './draws.ts'
import type { AccessOptions, ClassicOptions, MessageOptions } from './options.ts'
import { phasedWaits, type Level } from './phases.ts'

/** Makes lines of one sort, one after the other. */
export interface Loop {
  readonly kind: Kind
  line(): { readonly own: Fields; readonly text?: string }
  /** Seconds from the line made last to the next. */
  wait(): number
}

/** The probability of success in the choice of an error's client: most come from the pool's last fifth. */
const CLIENTS = 0.8

/** In an access log the message stands where the request does; in an error log the line has a form of its own. */
export function heartbeatLoop(
  kind: Kind,
  { interval, message }: NonNullable<ClassicOptions['heartbeat']>
): Loop {
  const line =
    kind === 'access'
      ? { own: { request: message } }
      : { own: {}, text: `[-] [-] ${escapeText(message, 'error')}` }
  return { kind, line: () => line, wait: () => interval }
}

export function requestLoop(access: AccessOptions, random: Random): Loop {
  const user = among(access.user_id, access.user_id_dist)
  const method = among(access.method, access.method_dist)
  const code = among(access.code, access.code_dist)
  const resource = among(access.resource, access.resource_dist)
  const version = among(access.version, access.version_dist)
  return {
    kind: 'access',
    line() {
      const name = user(random)
      return {
        own: {
          client: address(random),
          user: name === '' || name === '-' ? null : name,
          method: method(random),
          ...target(resource(random)),
          protocol: version(random),
          status: code(random),
          bytes: integerBetween(random, 1024, 10_240)
        }
      }
    },
    wait: () => uniform(random, access.interval)
  }
}

/** One of some items, each with its share; all with the same where none are told. */
function among<T>(items: readonly T[], shares: readonly number[] | undefined): (random: Random) => T {
  return weighted(items.map((item, i) => [item, shares?.[i] ?? 1] as const))
}

function target(resource: string): { path: string; query: string | null } {
  const mark = resource.indexOf('?')
  if (mark < 0) return { path: resource, query: null }
  return { path: resource.slice(0, mark), query: resource.slice(mark + 1) }
}

/** `clients` is the pool of addresses that errors are about. */
export function messageLoop(
  level: Level,
  { interval, message }: MessageOptions,
  clients: readonly string[],
  random: Random
): Loop {
  const client = binomial(clients.length - 1, CLIENTS)
  return {
    kind: 'error',
    line: () => ({
      own: {
        level,
        pid: integerBetween(random, 10_000, 99_999),
        tid: integerBetween(random, 1_000_000_000, 9_999_999_999),
        client: clients[client(random)]!,
        message: oneOf(random, message)
      }
    }),
    wait: phasedWaits(level, interval, random)
  }
}
