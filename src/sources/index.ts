import * as z from 'zod'
import type { Account } from '../core/account.ts'
import { addressText, isLoopback } from '../core/address.ts'
import type { Position } from '../core/source.ts'
import { fileKind } from './file/index.ts'
import { httpKind } from './http/index.ts'
import { kafkaKind } from './kafka/index.ts'
import type { SourceKind } from './kind.ts'
import { stdinKind } from './stdin/index.ts'
import { syslogKind } from './syslog/index.ts'
import { tcpKind } from './tcp/index.ts'
import { udpKind } from './udp/index.ts'

export { inspectBulk, openBulk, splitRanges, type BulkFile, type ByteRange } from './bulk/index.ts'
export type { SourceKind, SourceDependencies, StreamEnd } from './kind.ts'

/** All kinds of sources, the simplest first. */
export const SOURCES: readonly SourceKind[] = [
  fileKind,
  stdinKind,
  tcpKind,
  udpKind,
  syslogKind,
  httpKind,
  kafkaKind
]

/** The options of a source of any kind, as its kind's schema has them, and which kind it is: plain data. */
export interface SourceOptions {
  readonly type: string
  readonly [setting: string]: unknown
}

/** @throws RangeError for a type that is none */
export function sourceKindOf({ type }: SourceOptions): SourceKind {
  const kind = SOURCES.find(({ name }) => name === type)
  if (!kind) throw new RangeError(`there is no source of type ${type}`)
  return kind
}

/** What matters of a source that listens; others have no `listen`. */
const listening = z.object({
  listen: z.object({ host: z.string(), port: z.number() }),
  over: z.array(z.string()).default([]),
  allow: z.array(z.string()).optional(),
  tls: z.object({}).optional(),
  token: z.string().optional()
})

/** Of each source that others than this machine reach, and that has nothing to keep anybody out, that it is so and what to do. */
export function openSources(sources: Readonly<Record<string, SourceOptions>>): string[] {
  return Object.entries(sources).flatMap(([name, options]) => {
    const { data } = listening.safeParse(options)
    if (!data || isLoopback(data.listen.host)) return []
    // Certificates guard no datagrams.
    const guards = [data.allow, data.token, data.over.includes('udp') ? undefined : data.tls]
    if (guards.some(guard => guard !== undefined)) return []
    const { token, tls } = sourceKindOf(options).options.shape
    const others = [...(token ? ['a "token"'] : []), ...(tls ? ['"tls"'] : [])]
    const set = ['"allow", such as [10.0.0.0/8]', ...others].join(', or ')
    return `source ${name} listens at ${addressText(data.listen)} and takes lines from everybody who reaches it: set ${set}`
  })
}

/** How much of a stream was read, as the position says that its source made. */
export function positionAccount(position: Position): Account {
  const found = SOURCES.map(kind => kind.account?.(position)).find(account => account !== undefined)
  return found ?? { unit: 'bytes', read: position.offset }
}

/** The options of a source, with all paths made absolute. */
export function withPaths<Options extends SourceOptions>(
  options: Options,
  absolute: (path: string) => string
): Options {
  return { ...options, ...sourceKindOf(options).withPaths?.(options, absolute) }
}
