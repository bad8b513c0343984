import { DAY, MILLISECOND, MINUTE, SECOND, toMicros, type Micros } from '../core/time.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Flag, type Batch } from '../core/batch.ts'
import { escapeText, type EscapeStyle } from '../core/escape.ts'
import { lineField, type Kind, type LogEvent } from '../core/fields.ts'
import type { Format } from '../core/format.ts'
import { columnsOf, flatten, type Step, type TimeField } from '../core/program.ts'
import { Scanner } from '../scanner/index.ts'
import { formatFor } from './index.ts'

/** What every format has to keep, whatever its directives. */
export function conformsToFormat(format: Format, runs = 100): void {
  describe(`${format.name} ${format.text}`, () => {
    it('is found by its own string', () => {
      for (const again of [formatFor(format.text), formatFor(format.text, format.kind)]) {
        const { name, kind, text, program, fields } = format
        expect(again).toMatchObject({ name, kind, text, program, fields })
      }
    })

    it('fills known fields of their type, each once', () => {
      const columns = columnsOf(format.program.steps)
      for (const { name, type } of columns) expect([name, lineField(name)?.type]).toEqual([name, type])
      expect(new Set(format.fields).size).toBe(format.fields.length)
      expect(format.fields).toEqual(expect.arrayContaining(columns.map(({ name }) => name)))
    })

    it('prints lines that are read back equal, and raw values that give the line back', () => {
      const scanner = new Scanner([format.program], { zone: 'UTC', seed: 1n })
      fc.assert(
        fc.property(fc.array(events(format), { minLength: 1, maxLength: 10 }), all => {
          const lines = all.map(event => format.print(event))
          expect(readBack(format, scanner, lines)).toEqual(all.map((event, i) => ({ event, line: lines[i] })))
        }),
        { seed: 1, numRuns: runs }
      )
    })

    it('presses of parts what it prints of all their fields', () => {
      fc.assert(
        fc.property(
          fc.array(events(format), { minLength: 1, maxLength: 5 }),
          fc.array(fc.nat(3), { minLength: format.fields.length, maxLength: format.fields.length }),
          (all, deal) => {
            // Dealt out at random: to three roles, or to the line alone.
            const roles = [0, 1, 2].map(role => format.fields.filter((_, i) => deal[i] === role))
            const printer = format.printer(roles)
            const own = format.fields.filter((_, i) => deal[i] === 3)
            for (const id of [-1, 0])
              for (const [i, event] of all.entries()) {
                const parts = roles.map(fields => ({
                  id: id + (id < 0 ? 0 : i),
                  fields: pick(event, fields)
                }))
                for (const _ of [1, 2])
                  expect(printer.print(event.time, event.zone, parts, pick(event, own))).toBe(
                    format.print(event)
                  )
              }
          }
        ),
        { seed: 2, numRuns: runs }
      )
    })
  })
}

function pick(event: LogEvent, fields: readonly string[]): Fields {
  return Object.fromEntries(fields.map(field => [field, event[field] ?? null]))
}

/** Scans lines; each as the event that was read and as the line that its raw values print. */
export function readBack(
  format: Format,
  scanner: Scanner,
  lines: readonly string[]
): { event: LogEvent; line: string }[] {
  const bytes = Buffer.from(lines.map(line => `${line}\n`).join(''))
  scanner.input().set(bytes)
  scanner.filled(bytes.length)
  const { batches, rejected } = scanner.scan({ final: true })
  const [batch] = batches
  if (!batch) return []
  expect(rejected.map(({ start, length }) => bytes.toString('latin1', start, start + length))).toEqual([])
  return Array.from({ length: batch.rows }, (_, row) => {
    const canonical = flatten(format.program.steps).every(({ op }) => op !== 'json')
    expect((batch.flags[row] ?? 0) & Flag.notCanonical).toBe(canonical ? 0 : Flag.notCanonical)
    const time = batch.time[row] ?? 0
    const zone = batch.zone[row] ?? 0
    const fields = format.fields.map(field => [field, valueAt(batch, field, row)?.value ?? null])
    const get = (field: string): number | Uint8Array | null => valueAt(batch, field, row)?.raw ?? null
    const line = Buffer.from(format.printRaw({ time, zone, get })).toString()
    return { event: { time, zone, ...Object.fromEntries(fields) }, line }
  })
}

function valueAt(
  batch: Batch,
  field: string,
  row: number
): { value: string | number; raw: number | Uint8Array } | null {
  const column = batch.columns.get(field)
  if (column?.type === 'number') {
    const value = column.values[row] ?? Number.NaN
    return Number.isNaN(value) ? null : { value, raw: value }
  }
  const code = column?.codes[row] ?? 0
  return column && code > 0
    ? { value: column.dictionary.text(code), raw: column.dictionary.bytes(code) }
    : null
}

/**
 * Random events that a line of the format can hold: no text holds what ends it, none is `-`, optional fields are
 * there whole or not at all, and times are as exact as the line gives them.
 */
export function events(format: Format): fc.Arbitrary<LogEvent> {
  const { steps, zoned } = format.program
  const parts = partsOf(steps, 'time')
  const tellsZone = zoned && ['zone', 'zoneColon', 'clf'].some(part => parts.has(part))
  return fc
    .record({
      time: times(parts),
      ...(format.fields.includes('time_end') ? { time_end: times(partsOf(steps, 'time_end')) } : {}),
      ...(format.program.continued && { details: fc.option(details) }),
      zone: tellsZone ? fc.integer({ min: -14 * 60, max: 14 * 60 }) : fc.constant(0),
      fields: fc.tuple(
        ...steps.map((step, i) => {
          const fields = values(step, writingOf(format), true)
          return steps[i - 1]?.op === 'number' ? fields.filter(beginsWithNoDigit) : fields
        })
      )
    })
    .map(({ fields, ...times }): LogEvent => Object.assign({ ...times }, ...fields))
    .filter(event => endsAreLast(flatten(steps), event))
}

/** Whether no text behind one that ends at the last `until` of the line holds that. */
function endsAreLast(steps: readonly Step[], event: LogEvent): boolean {
  return steps.every((step, i) => {
    if (step.op !== 'text' || !step.last || (event[step.field] ?? null) === null) return true
    const behind = steps
      .slice(i + 1)
      .flatMap(later => ('until' in later && later.op === 'text' ? later.field : []))
    return behind.every(field => !String(event[field] ?? '').includes(step.until))
  })
}

function partsOf(steps: readonly Step[], field: TimeField): Set<string> {
  return new Set(
    flatten(steps).flatMap(step => {
      if (!('field' in step) || step.field !== field) return []
      if (step.op === 'timepart') return [step.part]
      if (step.op === 'timestamp') return ['micro']
      if (step.op === 'ctime') return step.fraction === 6 ? ['micro'] : ['ctime']
      return step.op === 'clf' ? ['clf'] : []
    })
  )
}

/** Microseconds from 1990 to 2099, as exact as the parts give. */
function times(parts: ReadonlySet<string>): fc.Arbitrary<number> {
  const seconds = ['clf', 'ctime', 'second', 'seconds']
  let unit: Micros = DAY
  if (parts.has('minute')) unit = MINUTE
  if (seconds.some(part => parts.has(part))) unit = SECOND
  if (parts.has('milli') || parts.has('millis')) unit = MILLISECOND
  if (parts.has('micro') || parts.has('micros')) unit = 1
  const count = (ms: number): number => Math.ceil(toMicros(ms) / unit)
  const range = { min: count(Date.UTC(1990, 0)), max: count(Date.UTC(2099, 0)) }
  return fc.integer(range).map(counted => counted * unit)
}

/** How the texts of a format's lines are written. */
interface Writing {
  readonly kind: Kind
  readonly style: EscapeStyle
}

function writingOf({ kind, program: { escapes = 'apache' } }: Format): Writing {
  return { kind, style: escapes === 'apache' ? kind : escapes }
}

type Fields = Record<string, string | number | null>

function beginsWithNoDigit(fields: Fields): boolean {
  return Object.values(fields).every(value => !/^\d/.test(value === null ? '' : String(value)))
}

/** The fields of one step; `optional`: they may be absent. */
function values(step: Step, writing: Writing, optional: boolean): fc.Arbitrary<Fields> {
  const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
    optional ? fc.option(value, { freq: 8 }) : value
  switch (step.op) {
    case 'text': {
      const begin = step.field === 'message' ? 'AH00001: ' : ''
      return maybe(texts(step, writing).map(text => begin + text)).map(text => ({ [step.field]: text }))
    }
    case 'number': {
      const number = fc.nat({ max: 99_999_999 }).map(value => value * Math.max(1, step.scale))
      return maybe(number).map(value => ({ [step.field]: value }))
    }
    case 'address': {
      const address = texts({ ...step, quoted: false }, writing).filter(text => !/:\d{0,5}$/.test(text))
      return maybe(fc.tuple(address, fc.option(fc.nat({ max: 65_535 })))).map(pair => {
        return { [step.field]: pair?.[0] ?? null, [step.port]: pair?.[1] ?? null }
      })
    }
    case 'chain':
      return fc.option(fc.array(address, { minLength: 1, maxLength: 3 })).map(all => {
        const [first = null, ...others] = all ?? []
        return { [step.field]: first, [step.rest]: others.length > 0 ? others.join(', ') : null }
      })
    case 'request':
      return requests(step, writing)
    case 'target':
      return targets(step, writing)
    case 'json':
      return fc
        .tuple(
          ...step.members.map(({ step, required = false }) =>
            values(step, writing, !required).filter(
              fields => !required || Object.values(fields).some(value => value !== null)
            )
          )
        )
        .map((parts): Fields => Object.assign({}, ...parts))
    case 'group': {
      const fields = fc.tuple(...step.steps.map(inner => values(inner, writing, false)))
      const all = fields.map((parts): Fields => Object.assign({}, ...parts))
      return fc
        .tuple(all, fc.boolean())
        .map(([all, present]) =>
          present ? all : Object.fromEntries(Object.keys(all).map(name => [name, null]))
        )
    }
    default:
      return fc.constant({})
  }
}

/** Texts with much of what makes trouble. */
const anyText = fc
  .oneof(
    fc.string({ maxLength: 12 }),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.string({ unit: fc.constantFrom(...Array.from(' "\\\'-[](){}<>:;,?=%&\t\r\n\0ü')), maxLength: 12 }),
    fc.constantFrom('', '"', '\\', 'a b', '/index.html', '10.0.0.1', '::1', '- ', '\\x41', '$1')
  )
  .map(text => text.toWellFormed())

const address = fc.stringMatching(/^[0-9a-f][0-9a-f.:]{1,12}$/)

/** Lines that go on, none of which begins as a line of its own does. */
const details = fc
  .array(
    anyText.map(text => `\tat ${text.replaceAll(/[\n\r]/g, '')}`),
    { minLength: 1, maxLength: 3 }
  )
  .map(lines => lines.join('\n'))

interface Ending {
  readonly until: string
  readonly quoted: boolean
  readonly word?: boolean | 'orEmpty'
  readonly list?: boolean
}

/** Whether a text stands in a line such that it is found again. */
function canHold(text: string, { until, quoted, word, list }: Ending, writing: Writing): boolean {
  const raw = escapeText(text, writing.style)
  if (list && raw.endsWith(',')) return false
  if (
    raw === '-' ||
    (raw === '' && writing.style === 'json') ||
    (word && (word === 'orEmpty' ? / / : /^$| /).test(raw)) ||
    /[\n\r]/.test(raw)
  )
    return false
  if (writing.kind === 'error' && /^(:|$)|[:,\]] ?$|[:,\]] /.test(raw)) return false
  return quoted || until === '' || (raw + until).indexOf(until) === raw.length
}

function texts(ending: Ending, writing: Writing): fc.Arbitrary<string> {
  return anyText.filter(text => canHold(text, ending, writing))
}

/** Words that no reader takes apart. */
const token = fc.stringMatching(/^[A-Z]{1,8}$/)
const path = fc
  .oneof(
    anyText,
    anyText.map(text => `/${text}`)
  )
  .filter(text => !/[? ]|^-?$/.test(text))
const query = fc.option(anyText.filter(text => !text.includes(' ') && text !== '-'))
const noRequest = { method: null, path: null, query: null, protocol: null, request: null }

function requests(ending: Ending, writing: Writing): fc.Arbitrary<Fields> {
  const whole = anyText.filter(text => canHold(text, ending, writing) && !/^[!#$%&'*+.^_`|~\w-]+ /.test(text))
  const protocol = fc.option(fc.constantFrom('HTTP/1.0', 'HTTP/1.1', 'HTTP/2', 'HTTP/3.0'))
  const parts = fc.record({ method: token, path, query, protocol, request: fc.constant(null) })
  const line = parts.filter(({ method, path, query, protocol }) =>
    canHold(`${method} ${path}?${query} ${protocol}`, ending, writing)
  )
  return fc.oneof(
    line,
    whole.map(request => ({ ...noRequest, request })),
    fc.constant(noRequest)
  )
}

function targets(ending: Ending, writing: Writing): fc.Arbitrary<Fields> {
  const target = fc.record({ path, query })
  return target.filter(({ path, query }) => canHold(`${path}?${query}`, ending, writing))
}
