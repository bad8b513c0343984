import { MILLISECOND, SECOND } from '../../core/time.ts'
import { lineField, isDuration, type Kind } from '../../core/fields.ts'
import type { Format } from '../../core/format.ts'
import { columnsOf, isTimeStep, type JsonMember, type TimestampStep } from '../../core/program.ts'
import { formatOf } from '../compile.ts'
import { TextProblem, withCaret } from '../../core/caret.ts'

/** What begins the text of a JSON format. */
const WORD = /^\s*json\s+(?=\S)/i

/** Microseconds in the units that a duration may be given in. */
const SCALES = { s: SECOND, ms: MILLISECOND, us: 1, ns: 1e-3 } as const

/** A piece of the text: `field=path` or `field=path:how`. */
interface Entry {
  readonly field: string
  readonly path: readonly string[]
  readonly how: string | undefined
  readonly at: number
}

/** Whether a text is that of a JSON format. */
export function isJsonText(text: string): boolean {
  return WORD.test(text)
}

/**
 * The format of lines that are JSON objects, from a text such as `json time=ts status=status path=request.uri`: which
 * member fills which field. Names of members within members are joined with `.`; a backslash takes the character behind it
 * (`.` `:` `\` or a blank) into the name. A log with `message` is an error log, else an access log.
 * @throws VisorError FORMAT with a caret under the entry at fault
 */
export function compileJson(name: string, text: string): Format {
  return withCaret('FORMAT', text, () => {
    const entries = entriesOf(text)
    const fields = entries.map(({ field }) => field)
    const kind: Kind = fields.includes('message') ? 'error' : 'access'
    const members = entries.map(entry => memberOf(entry, fields, kind))
    checkMembers(members, entries, text)
    const origins = [undefined, ...entries.map(({ path }) => path.join('.'))]
    const program = { steps: [{ op: 'json' as const, members }], zoned: true, escapes: 'json' as const }
    return formatOf(name, kind, textOf(entries), program, { style: 'json', origins })
  })
}

/** The text of a JSON format. */
export function textOf(entries: readonly Pick<Entry, 'field' | 'path' | 'how'>[]): string {
  const pieces = entries.map(({ field, path, how }) => {
    const names = path.map(name => name.replaceAll(/[.:\\\s]/g, found => `\\${found}`))
    return `${field}=${names.join('.')}${how === undefined ? '' : `:${how}`}`
  })
  return ['json', ...pieces].join(' ')
}

function entriesOf(text: string): Entry[] {
  const begin = WORD.exec(text)?.[0].length ?? 0
  return Array.from(text.slice(begin).matchAll(/(?:\\[^]|\S)+/g)).map(({ 0: piece, index }) => {
    const at = begin + index
    const [, field, rest = ''] = /^([^=\\]+)=([^]+)$/.exec(piece) ?? []
    if (field === undefined) throw new TextProblem('Here `field=name.of.member` is expected.', at)
    const [, joined = '', how] = /^((?:\\[^]|[^:\\])+)(?::([^:]*))?$/.exec(rest) ?? []
    const names = Array.from(joined.matchAll(/((?:\\[^]|[^.\\])*)(?:\.|$)/g), ([, name = '']) => name).slice(
      0,
      -1
    )
    if (names.length === 0 || names.includes('')) {
      throw new TextProblem('A name of a member is missing.', at + field.length + 1)
    }
    const path = names.map(name => name.replaceAll(/\\([^])/g, '$1'))
    return { field, path, how, at }
  })
}

function memberOf(entry: Entry, fields: readonly string[], kind: Kind): JsonMember {
  const { field, path } = entry
  const needed = kind === 'error' ? ['message'] : ['status', 'path', 'request']
  return { path, step: stepOf(entry, fields), ...(needed.includes(field) && { required: true }) }
}

function stepOf({ field, how, at, path }: Entry, fields: readonly string[]): JsonMember['step'] {
  const refuse = (message: string): TextProblem => new TextProblem(message, at)
  const unit = how === undefined ? undefined : unitOf(how)
  const text = { until: '', quoted: false } as const
  if (field === 'time' || field === 'time_end') {
    if (how !== undefined && !unit) throw refuse(`A time is given in s, ms, us or ns, not in ${how}.`)
    return { op: 'timestamp', field, ...(unit && { since: unit }) }
  }
  const info = lineField(field)
  if (!info)
    throw refuse(`There is no field ${field}; a member of no known meaning is \`json.${path.join('.')}\`.`)
  if (isDuration(field)) {
    if (how !== undefined && !unit) throw refuse(`A duration is given in s, ms, us or ns, not in ${how}.`)
    return { op: 'number', field, scale: SCALES[unit ?? 's'] }
  }
  if (field === 'client' && how === 'port') return { op: 'address', field, port: 'client_port', until: '' }
  if (field === 'client' && how === 'chain') return { op: 'chain', field, rest: 'forwarded', ...text }
  if (how !== undefined) throw refuse(`${field} has no such form as ${how}.`)
  if (field === 'request') return { op: 'request', ...text }
  if (field === 'path' && !fields.includes('query')) return { op: 'target', ...text }
  return info.type === 'number' ? { op: 'number', field, scale: 1 } : { op: 'text', field, ...text }
}

function unitOf(text: string): TimestampStep['since'] {
  return text === 's' || text === 'ms' || text === 'us' || text === 'ns' ? text : undefined
}

/** A field that is filled twice, a member that is named twice, and a log without times are refused. */
function checkMembers(members: readonly JsonMember[], entries: readonly Entry[], text: string): void {
  const seen = new Set<string>()
  for (const [i, { step, path }] of members.entries()) {
    const at = entries[i]?.at ?? 0
    const columns = isTimeStep(step) ? [step.field] : columnsOf([step]).map(({ name }) => name)
    for (const name of [...columns, JSON.stringify(path)]) {
      if (seen.has(name)) throw new TextProblem(`${name} is named twice.`, at)
      seen.add(name)
    }
  }
  if (!seen.has('time')) throw new TextProblem('No member is the `time`.', text.length)
}
