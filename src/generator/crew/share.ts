import type { Kind } from '../../core/fields.ts'
import { zoneOffsets } from '../../core/zone.ts'
import { formatFor } from '../../formats/index.ts'
import { compose } from '../compose.ts'
import { Counts, type Count } from '../counts.ts'
import type { Draft } from '../draft.ts'
import { LineMaker } from '../maker.ts'
import { CELL } from '../pace.ts'
import type { Scenario } from '../scenario.ts'
import type { Mark } from '../truth.ts'

/** What one thread of a crew makes: a share of a scenario's lines. Plain data: it crosses threads. */
export interface Share {
  readonly scenario: Scenario
  readonly seed: number
  /** Microseconds since 1970. */
  readonly start: number
  /** IANA name of the zone that times are written with. */
  readonly zone: string
  /** The logs, the first one first, and the texts of their formats. */
  readonly logs: readonly { readonly kind: Kind; readonly format: string }[]
  readonly limit: number
  /** Whether lines are counted and those of incidents marked. */
  readonly truth: boolean
  readonly index: number
  readonly of: number
}

/** The lines of one log in one cell of time. */
export interface Piece {
  /** Where the cell begins, in microseconds since 1970. */
  readonly at: number
  readonly kind: Kind
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly count: number
  readonly marks: readonly Mark[]
}

/** Makes a share, cell by cell. */
export class ShareMaker {
  readonly #maker: LineMaker
  readonly #counts = new Counts()
  #marks: Record<Kind, Mark[]> = { access: [], error: [] }
  #lines: Record<Kind, number> = { access: 0, error: 0 }
  #at: number

  constructor({ scenario, seed, start, zone, logs, limit, truth, index, of }: Share) {
    const offset = zoneOffsets(zone)
    const zoneOf = (time: number): number => offset(time / 1000)
    const kinds = new Set(logs.map(({ kind }) => kind))
    const { traffic } = compose(scenario, { seed, start, kinds, zone: zoneOf, share: { index, of } })
    this.#at = start
    this.#maker = new LineMaker({
      traffic,
      logs: logs.map(({ kind, format }) => ({ kind, format: formatFor(format, kind), framed: false })),
      limit,
      zone: zoneOf,
      ...(truth && { truth: this })
    })
  }

  get full(): boolean {
    return this.#maker.full
  }

  get counts(): Count[] {
    return this.#counts.plain()
  }

  add(draft: Draft): void {
    const { kind, incident, time } = draft
    this.#counts.add(draft)
    const line = ++this.#lines[kind]
    if (incident >= 0) this.#marks[kind].push({ incident, time, line })
  }

  /** The lines up to a time (microseconds since 1970), where there are any. */
  make(to: number): Piece[] {
    const pieces: Piece[] = []
    for (; this.#at + CELL <= to && !this.full; this.#at += CELL) {
      this.#marks = { access: [], error: [] }
      this.#lines = { access: 0, error: 0 }
      for (const { kind, lines } of this.#maker.make(this.#at + CELL))
        if (lines.count > 0)
          pieces.push({
            at: this.#at,
            kind,
            bytes: new Uint8Array(lines.bytes),
            count: lines.count,
            marks: this.#marks[kind]
          })
    }
    return pieces
  }
}
