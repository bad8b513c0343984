import { SECOND_MS, type Millis } from '../../core/time.ts'
import { formatBytes, formatSpan } from '../../core/units.ts'
import type { SourceStatus, Status } from '../../server/api-types.ts'

/** How long after its start Visor may take until it knows what waits in a source; one without anything new is never heard of. */
const STARTUP: Millis = 30 * SECOND_MS

/**
 * What keeps lines that were written before a time from being read by now, each as a few words for people. Of a source that reads
 * all the time what counts is when the line was written that it has come to.
 */
export function unreadOf(
  { now, started, sources, engine, store }: Pick<Status, 'now' | 'started' | 'sources' | 'engine' | 'store'>,
  until: Millis,
  wanted: readonly string[] | undefined
): string[] {
  const found = sources
    .filter(({ name }) => wanted?.includes(name) ?? true)
    .flatMap(source => {
      const isUnseen = source.streams.length === 0 && now - started < STARTUP
      return isUnseen ? `${source.name} was not looked at yet` : (behindText(source, now, until) ?? [])
    })
  if (engine?.failure) found.push(`${engine.name} fails: ${engine.failure.message}`)
  else if (engine && now - (engine.catchUp ?? 0) < until && isBehind(engine.behind))
    found.push(`${engine.name} is ${spanText(engine.catchUp)} behind`)
  if (store.failure !== undefined) found.push(`the store cannot be written: ${store.failure}`)
  return found
}

function behindText(
  { name, state, detail, lag }: SourceStatus,
  now: Millis,
  until: Millis
): string | undefined {
  if (state === 'problem') return detail.startsWith(name) ? detail : `${name}: ${detail}`
  if (lag.bytes === 0) return undefined
  const behind = lag.seconds === undefined ? undefined : lag.seconds * SECOND_MS
  if (behind !== undefined && now - behind >= until) return undefined
  return `${name} is ${formatBytes(lag.bytes)} behind`
}

function isBehind(behind: { readonly messages?: number; readonly bytes?: number } | undefined): boolean {
  return (behind?.messages ?? 0) + (behind?.bytes ?? 0) > 0
}

function spanText(span: Millis | undefined): string {
  return span === undefined ? 'too far' : formatSpan(span)
}
