import type { Batch, Column } from '../../core/batch.ts'
import { isDuration } from '../../core/fields.ts'
import { SECOND, toSeconds, type Micros } from '../../core/time.ts'
import { isoTime } from '../../core/units.ts'

/**
 * Writes the rows of batches as JSON, one object a line: `time` in ISO 8601 with the offset that the line was written
 * with, then the fields in the order of the format, durations in seconds. An absent field (`-`) is left out.
 * Each distinct text is turned into JSON once.
 */
export class EventJson {
  readonly #texts = new Map<string, string[]>()
  #second = NaN
  #zone = NaN
  #clock = ''

  /** A line for each row, ended by `\n`. */
  write(batch: Batch): string[] {
    const fields = Array.from(batch.columns, ([name, column]) => this.#writer(name, column, batch.zone))
    return Array.from({ length: batch.rows }, (_, row) => {
      let text = `{"time":"${this.#time(batch.time[row] ?? 0, batch.zone[row] ?? 0)}"`
      for (const field of fields) text += field(row)
      return `${text}}\n`
    })
  }

  /** To be called when a dictionary is emptied: its codes mean other texts from then on. */
  forget(): void {
    this.#texts.clear()
  }

  #writer(name: string, column: Column, zones: Int16Array): (row: number) => string {
    const head = `,${JSON.stringify(name)}:`
    if (column.type === 'text') return this.#textWriter(head, name, column)
    const { values } = column
    const write = numberWriter(name)
    return row => {
      const value = values[row] ?? NaN
      return Number.isNaN(value) ? '' : head + write(value, zones[row] ?? 0)
    }
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
      return (texts[code] ??= head + JSON.stringify(dictionary.text(code)))
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

function numberWriter(name: string): (value: number, zone: number) => string {
  if (isDuration(name)) return value => String(toSeconds(value))
  if (name === 'time_end') return (value, zone) => `"${isoTime(value, zone)}"`
  return String
}
