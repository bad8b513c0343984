import { mergeCells, mergesAt } from './compaction.ts'
import { boundRejected, forget } from './retention.ts'
import type { Writer } from './writer.ts'

const DAY = 86_400e6

/** Merges of each tier in one run, so that a run stays short; what is left is done by the next. */
const MERGES = 60

/**
 * What a store does to itself now and then: merges rollups, bounds rejected lines, once a day deletes what
 * lies more than `retention` days back. Each step takes its turn between two commits.
 */
export class Maintenance {
  readonly #writer: Writer
  readonly #retention: number
  #forgotten = 0

  constructor(writer: Writer, retention: number) {
    this.#writer = writer
    this.#retention = retention
  }

  /** One run; `now` in microseconds since 1970. */
  async run(now: number): Promise<void> {
    const writer = this.#writer
    const merges = await writer.exclusively(({ writer }) => mergesAt(writer, now, MERGES))
    for (const merge of merges) await writer.exclusively(({ writer }) => mergeCells(writer, merge))
    await writer.exclusively(database => boundRejected(database))
    if (now < this.#forgotten + DAY) return
    this.#forgotten = now
    const deleted = await writer.exclusively(database => forget(database, this.#retention * DAY, now))
    if (deleted) await writer.sweepDictionary()
  }
}
