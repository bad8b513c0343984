import type { Batch, Column } from '../../core/batch.ts'
import { isDuration, lineField } from '../../core/fields.ts'
import { SECOND, toSeconds, type Micros } from '../../core/time.ts'
import { isoTime } from '../../core/units.ts'

/** Whose names events have: those of docs/formats.md, or of OpenTelemetry's log records, or of the Elastic Common Schema. */
export type EventSchema = 'visor' | 'otel' | 'ecs'

/** In a microsecond: durations of ECS are in nanoseconds. */
const NANOSECONDS = 1000

/** The version of the Elastic Common Schema that names are of. */
const ECS_VERSION = '9.0.0'

const TIME = { visor: 'time', otel: 'Timestamp', ecs: '@timestamp' } as const

/** A field as a schema has it. */
interface EventField {
  readonly name: string
  /** It stands among the attributes of OpenTelemetry's log record, not beside them. */
  readonly attribute: boolean
  readonly write: (row: number) => string
}

/**
 * Writes the rows of batches as JSON, one object a line: the time in ISO 8601 with the offset that the line was written
 * with, then the fields in the order of the format, durations in seconds. An absent field (`-`) is left out.
 * Each distinct text is turned into JSON once. A field that a schema has no name for keeps its own behind `visor.`.
 */
export class EventJson {
  readonly #schema: EventSchema
  readonly #texts = new Map<string, string[]>()
  #second = NaN
  #zone = NaN
  #clock = ''

  constructor(schema: EventSchema = 'visor') {
    this.#schema = schema
  }

  /** A line for each row, ended by `\n`. */
  write(batch: Batch): string[] {
    const fields = Array.from(batch.columns, ([name, column]) => this.#field(name, column, batch.zone))
    const own = fields.filter(({ attribute }) => !attribute)
    const attributes = fields.filter(({ attribute }) => attribute)
    const version = this.#schema === 'ecs' ? `,"ecs.version":"${ECS_VERSION}"` : ''
    return Array.from({ length: batch.rows }, (_, row) => {
      const time = this.#time(batch.time[row] ?? 0, batch.zone[row] ?? 0)
      let text = `{"${TIME[this.#schema]}":"${time}"${version}`
      for (const { write } of own) text += write(row)
      let more = ''
      for (const { write } of attributes) more += write(row)
      return more === '' ? `${text}}\n` : `${text},"Attributes":{${more.slice(1)}}}\n`
    })
  }

  /** To be called when a dictionary is emptied: its codes mean other texts from then on. */
  forget(): void {
    this.#texts.clear()
  }

  #field(field: string, column: Column, zones: Int16Array): EventField {
    const schema = this.#schema
    const name = nameOf(field, schema)
    const attribute = schema === 'otel' && !/^[A-Z]/.test(name)
    const head = `,${JSON.stringify(name)}:`
    if (column.type === 'text') return { name, attribute, write: this.#textWriter(head, name, column) }
    const { values } = column
    const number = numberWriter(field, name)
    const write = (row: number): string => {
      const value = values[row] ?? NaN
      return Number.isNaN(value) ? '' : head + number(value, zones[row] ?? 0)
    }
    return { name, attribute, write }
  }

  #textWriter(
    head: string,
    name: string,
    column: Extract<Column, { type: 'text' }>
  ): (row: number) => string {
    const { codes, dictionary } = column
    let known = this.#texts.get(name)
    if (!known) this.#texts.set(name, (known = ['']))
    const texts = known
    return row => {
      const code = codes[row] ?? 0
      return (texts[code] ??= head + JSON.stringify(valueOf(dictionary.text(code), name)))
    }
  }

  #time(micros: Micros, zone: number): string {
    const second = Math.floor(micros / SECOND)
    const fraction = micros - second * SECOND
    if (fraction !== 0) return isoTime(micros, zone)
    if (second !== this.#second || zone !== this.#zone) {
      this.#second = second
      this.#zone = zone
      this.#clock = isoTime(micros, zone)
    }
    return this.#clock
  }
}

function nameOf(field: string, schema: EventSchema): string {
  return schema === 'visor' ? field : (lineField(field)?.[schema] ?? `visor.${field}`)
}

/** A text as the schema wants it that has this name for it. */
function valueOf(text: string, name: string): string | string[] {
  if (name === 'network.protocol.version' || name === 'http.version') return text.replace(/^HTTP\//, '')
  return /^http\.(?:request|response)\.header\./.test(name) ? [text] : text
}

function numberWriter(field: string, name: string): (value: number, zone: number) => string {
  if (name === 'event.duration') return value => String(Math.round(value * NANOSECONDS))
  if (isDuration(field)) return value => String(toSeconds(value))
  if (field === 'time_end') return (value, zone) => `"${isoTime(value, zone)}"`
  return String
}
