import type { Batch, Dictionary } from '../../../core/batch.ts'
import { derivationOf } from '../../../derived/index.ts'
import { STEPS, windowsIn, type CalendarStep } from '../../../core/steps.ts'
import type { Windowing } from '../../../core/window.ts'
import type { FieldValue, LineOrigin } from '../archive/asked.ts'

/** Reads values of batches of one origin; each distinct text is looked at once. */
export class LineValues {
  readonly #origin: LineOrigin
  readonly #texts = new Map<string, Texts>()
  readonly #steps: Partial<Record<CalendarStep, Windowing>> = {}

  constructor(origin: LineOrigin) {
    this.#origin = origin
  }

  /** The value of a field, of a step of time of a zone, or of what else lines are grouped by, row by row; `null` where there is none. */
  of(name: string, batch: Batch, zone = 'UTC'): (row: number) => FieldValue {
    const step = STEPS.find(known => known === name)
    if (step !== undefined) {
      const window = (this.#steps[step] ??= windowsIn(step, zone))
      return row => window(batch.time[row]!).from
    }
    if (name === 'source' || name === 'kind') return () => this.#origin[name]
    if (name === 'status_class') {
      const status = this.of('status', batch)
      return row => {
        const value = status(row)
        return typeof value === 'number' ? `${Math.floor(value / 100)}xx` : null
      }
    }
    const derivation = derivationOf(name)
    const column = batch.columns.get(derivation?.from ?? name)
    if (!column) return () => null
    if (column.type === 'number')
      return row => (Number.isNaN(column.values[row]) ? null : (column.values[row] ?? null))
    let texts = this.#texts.get(name)
    if (!texts)
      this.#texts.set(name, (texts = new Texts(text => (derivation ? derivation.derive(text) : text))))
    const of = texts.of(column.dictionary)
    return row => of(column.codes[row]!)
  }
}

/** What becomes of the texts of a field, by code. */
class Texts {
  readonly #read: (text: string) => string | undefined
  #generation = -1
  #known: (string | null)[] = []

  constructor(read: (text: string) => string | undefined) {
    this.#read = read
  }

  of(dictionary: Dictionary): (code: number) => string | null {
    if (dictionary.generation !== this.#generation) this.#known = [null]
    this.#generation = dictionary.generation
    const known = this.#known
    return code => {
      const found = known[code]
      if (found !== undefined) return found
      return (known[code] = this.#read(dictionary.text(code)) ?? null)
    }
  }
}
