import { VisorError } from '../../core/errors.ts'
import type { StreamPosition } from '../../core/delivery.ts'
import type { SourceProblem } from '../../core/progress.ts'
import type { EngineSource } from '../../counting/plan.ts'
import type { InputEnd } from '../../engines/parity/run.ts'
import { sourceKindOf, type StreamEnd } from '../../sources/index.ts'

/**
 * Where the sources of a plan end at the moment: files behind their last whole line, partitions of Kafka behind their last
 * message.
 * @throws VisorError USAGE for sources that cannot be read twice, BROKER where Kafka cannot be asked, FILE_MISSING where there is
 *   nothing
 */
export async function inputEnd(sources: readonly EngineSource[]): Promise<PresentEnd> {
  const all = await Promise.all(sources.map(endsOf))
  return new PresentEnd(new Map(all.flat().filter(([, { end }]) => end > 0)))
}

/** The ends of streams by their names. */
class PresentEnd implements InputEnd {
  readonly #ends: ReadonlyMap<string, StreamEnd>

  constructor(ends: ReadonlyMap<string, StreamEnd>) {
    this.#ends = ends
  }

  progress(positions: Iterable<StreamPosition>): { done: number; total: number } {
    const places = this.#places(positions)
    let done = 0
    let total = 0
    for (const [name, { end }] of this.#ends) {
      total += end
      done += Math.min(end, places.get(name) ?? 0)
    }
    return { done, total }
  }

  /** A stream in which nothing can be read, which is reported as its problem, is at its end. */
  reached(positions: Iterable<StreamPosition>, problems: Iterable<SourceProblem>): boolean {
    const places = this.#places(positions)
    const stuck = new Set(Array.from(problems, ({ name }) => name))
    return [...this.#ends].every(([name, { end }]) => {
      const place = places.get(name) ?? 0
      return place >= end || (place === 0 && stuck.has(name))
    })
  }

  equals(other: PresentEnd): boolean {
    return (
      this.#ends.size === other.#ends.size &&
      [...this.#ends].every(([name, { end }]) => other.#ends.get(name)?.end === end)
    )
  }

  #places(positions: Iterable<StreamPosition>): Map<string, number> {
    return new Map(
      Array.from(positions, ({ name, position }) => [
        name,
        Number(position[this.#ends.get(name)?.part ?? 'offset'] ?? 0)
      ])
    )
  }
}

async function endsOf({ name, options }: EngineSource): Promise<[string, StreamEnd][]> {
  const kind = sourceKindOf(options)
  const ends = kind.readsStdin?.(options) ? undefined : await kind.ends?.(options)
  if (ends?.size === 0) throw new VisorError('FILE_MISSING', `${name}: there is nothing to be read`)
  if (ends) return [...ends]
  throw new VisorError(
    'USAGE',
    `${name}: what comes by ${options.type} comes only once, so two engines cannot both read it; save the lines to a file first`
  )
}
