import { escapeText } from '../../core/escape.ts'
import type { Kind } from '../../core/fields.ts'
import type { PartFields } from '../../core/parts.ts'
import { binomial, integerBetween, oneOf, weighted, type Random } from '../random.ts'
import type { AccessOptions, ClassicOptions, MessageOptions, SecondsRange } from './options.ts'

type Level = 'info' | 'warn' | 'error'
type Phase = 'normal' | 'peak'

/** What each line adds to the counter of a phase; the phase ends when the counter is beyond `limit`. */
interface Course {
  readonly growth: SecondsRange
  readonly limit: number
}

const SLOW: SecondsRange = { low: 0.05, high: 0.5 }
const FAST: SecondsRange = { low: 1, high: 1.2 }

/** As long as the first Visor's phases are, in lines. */
const COURSES: Readonly<Record<Level, Readonly<Record<Phase, Course>>>> = {
  info: { normal: { growth: SLOW, limit: 50 }, peak: { growth: FAST, limit: 350 } },
  warn: { normal: { growth: SLOW, limit: 50 }, peak: { growth: FAST, limit: 250 } },
  error: { normal: { growth: { low: 0.2, high: 0.5 }, limit: 20 }, peak: { growth: FAST, limit: 150 } }
}

/** Makes lines of one sort, one after the other. */
export interface Loop {
  readonly kind: Kind
  line(): { readonly own: PartFields; readonly text?: string }
  /** Seconds from the line made last to the next. */
  wait(): number
}

/** The probability of success in the choice of an error's client: most come from the pool's last fifth. */
const CLIENT_PROBABILITY = 0.8

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

/** One of some items, each with its share; all with the same where no shares are given. */
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
  const client = binomial(clients.length - 1, CLIENT_PROBABILITY)
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

/** Gives the wait after each line in seconds: quiet times and peaks take turns, quiet ones first. */
function phasedWaits(level: Level, interval: MessageOptions['interval'], random: Random): () => number {
  let phase: Phase = 'normal'
  let counter = 0
  return () => {
    const wait = uniform(random, oneOf(random, interval[phase]))
    const { growth, limit } = COURSES[level][phase]
    if (counter > limit) {
      phase = phase === 'normal' ? 'peak' : 'normal'
      counter = 0
    } else counter += uniform(random, growth)
    return wait
  }
}

function uniform(random: Random, { low, high }: SecondsRange): number {
  return low + (high - low) * random()
}

/** Any address of IPv4. */
export function address(random: Random): string {
  const bits = integerBetween(random, 0, 2 ** 32 - 1)
  return [24, 16, 8, 0].map(shift => (bits >>> shift) & 0xff).join('.')
}
