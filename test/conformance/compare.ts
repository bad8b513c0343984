import { VisorError } from '../../src/core/errors.ts'
import type { LogEvent } from '../../src/core/fields.ts'
import type { Format } from '../../src/core/format.ts'
import { acceptor } from '../../src/reading/choose.ts'
import { detect, formatFor } from '../../src/formats/index.ts'
import { Scanner } from '../../src/scanner/index.ts'
import type { Case, Peer } from './peers.ts'

/** Names whose values are no statement about the line: the line itself again, and what depends on other lines. */
const OF_NO_MEANING = ['message.0', 'recognised', 'log_idle_msecs']

/** What Visor says otherwise than the peer does; `undefined` where they agree. */
export function differenceOf(test: Case, peer: Peer): string | undefined {
  const wanted = test.expected['recognised'] !== false
  const read = eventOf(test, peer)
  if (typeof read === 'string') return wanted ? read : undefined
  if (!wanted) return 'read'
  const differences = flat(test.expected, '').flatMap(([name, value]) => {
    if (OF_NO_MEANING.includes(name)) return []
    const answer = peer.answers[name]
    if (!answer) return [`${name} is not asked`]
    const got = answer(read)
    const same =
      name.includes('time') && !name.startsWith('request')
        ? momentOf(String(value)) === got
        : plain(value) === plain(got)
    return same ? [] : [`${name}: ${JSON.stringify(value)}, not ${JSON.stringify(got)}`]
  })
  return differences.length === 0 ? undefined : differences.join('; ')
}

/** What is put before a line and its format where the format tells no time, without which Visor counts nothing. */
const TIMED = { line: '[10/Oct/2000:13:55:36 +0000] ', format: '%t ' }

/** The line as Visor reads it, or why it does not. */
function eventOf(test: Case, peer: Peer): LogEvent | string {
  const timeless = test.format.includes('%') && !/%(\{[^}]*\})?t|^grok/.test(test.format)
  const line = timeless ? TIMED.line + test.line : test.line
  const named = peer.formats(test)?.map(text => (timeless ? TIMED.format + text : text))
  const bytes = Buffer.from(line)
  let formats: readonly Format[]
  try {
    formats = named?.map(text => formatFor(text)) ?? detect([bytes], acceptor()).formats
  } catch (error) {
    if (error instanceof VisorError) return error.message.split('\n')[0] ?? ''
    throw error
  }
  for (const format of formats) {
    const event = scanned(format, bytes)
    if (event) return event
  }
  return formats.length === 0 ? 'no format' : 'rejected'
}

function scanned(format: Format, bytes: Uint8Array): LogEvent | undefined {
  const scanner = new Scanner([format.program], { zone: 'UTC' })
  scanner.input().set(bytes)
  scanner.filled(bytes.length)
  const [batch] = scanner.scan({ final: true }).batches
  if (batch?.rows !== 1) return undefined
  const fields = Array.from(batch.columns, ([name, column]): [string, string | number | null] => {
    if (column.type === 'number')
      return [name, Number.isNaN(column.values[0]) ? null : (column.values[0] ?? null)]
    const code = column.codes[0] ?? 0
    return [name, code === 0 ? null : column.dictionary.text(code)]
  })
  return { time: batch.time[0] ?? NaN, zone: batch.zone[0] ?? 0, ...Object.fromEntries(fields) }
}

/** Members of objects and arrays by their path. */
function flat(value: object, path: string): [string, unknown][] {
  return Object.entries(value).flatMap(([name, inner]): [string, unknown][] =>
    typeof inner === 'object' && inner !== null ? flat(inner, `${path}${name}.`) : [[path + name, inner]]
  )
}

/** Absent, `-` and nothing are the same; numbers are as their texts. */
function plain(value: unknown): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  return text === '-' ? '' : text
}

/** Microseconds of a time as Apache, ctime and ISO 8601 write it, read by JavaScript's own parser. */
function momentOf(text: string): number {
  const clf = /^(\d+)\/(\w+)\/(\d+):(\S+) ([+-]\d+)$/.exec(text)
  if (clf) return Date.parse(`${clf[1]} ${clf[2]} ${clf[3]} ${clf[4]} ${clf[5]}`) * 1000
  const ctime = /^(\w+) (\w+) +(\d+) ([\d:]+)(?:\.(\d+))? (\d+)$/.exec(text)
  if (ctime)
    return Date.parse(`${ctime[3]} ${ctime[2]} ${ctime[6]} ${ctime[4]} UTC`) * 1000 + Number(ctime[5] ?? 0)
  return Date.parse(text.endsWith('Z') ? text : `${text.replace(' ', 'T')}Z`) * 1000
}
