import fields from './fields.json' with { type: 'json' }
import type { Micros } from './time.ts'

/** Which kind of log a field belongs to. */
export type Kind = 'access' | 'error'

export interface FieldInfo {
  readonly name: string
  readonly type: 'text' | 'number'
  readonly kinds: readonly Kind[]
  readonly summary: string
  /**
   * What OpenTelemetry's semantic conventions call the same thing (an attribute, or in capitals a field of its log records)
   * and what the Elastic Common Schema does; `null` where there is no name for it.
   */
  readonly otel: string | null
  readonly ecs: string | null
}

const BOTH: readonly Kind[] = ['access', 'error']

/**
 * Every named field of a log line besides `time`; those that are derived of them are in derived/. Fields of
 * the open-ended directives (`header.accept`, `cookie.sid`, `note.x`, `env.x`, `reply.x`, `ssl.x`, nginx's `var.x`, `json.x`)
 * are text and need no entry here.
 */
export const LINE_FIELDS: readonly FieldInfo[] = fields.map(({ type, kinds, ...rest }) => ({
  ...rest,
  type: type === 'number' ? 'number' : 'text',
  kinds: BOTH.filter(kind => kinds.includes(kind))
}))

/** Whether a field is a span of time: microseconds inside, seconds for people. */
export function isDuration(name: string): boolean {
  return /^(duration|ttfb|ttfu)(_\d+)?$/.test(name)
}

const byName = new Map(LINE_FIELDS.map(field => [field.name, field]))

/**
 * What is known of a field; open-ended names (with a dot) are text, a numbered name (`status_2`, the second
 * directive for the status) is as its first. `undefined` for a name that no log has.
 */
export function lineField(name: string): FieldInfo | undefined {
  const known = byName.get(name)
  if (known) return known
  if (/^(header|cookie|note|env|reply|trailer|reply_trailer|ssl|var|json)\../.test(name)) {
    const header = /^(?:header|reply)\./.exec(name)?.[0]
    const side = header === 'reply.' ? 'response' : 'request'
    const otel = header === undefined ? null : `http.${side}.header.${name.slice(header.length)}`
    return { name, type: 'text', kinds: BOTH, summary: 'value of an open-ended directive', otel, ecs: null }
  }
  const first = byName.get(/^(.+)_\d+$/.exec(name)?.[1] ?? '')
  if (first) return { ...first, name, summary: `${first.summary}, again`, otel: null, ecs: null }
  if (!/^time_\d+$/.test(name)) return undefined
  return { name, type: 'text', kinds: BOTH, summary: 'the time, again', otel: null, ecs: null }
}

/**
 * One log line as an object. Text is decoded; numbers are in the units of LINE_FIELDS; `null` is absent.
 * `zone` is the minutes east of UTC it is written with.
 */
export interface LogEvent {
  readonly time: Micros
  readonly zone: number
  readonly [field: string]: string | number | null
}
