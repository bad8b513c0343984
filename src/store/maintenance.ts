import { signalMetric } from '../core/signal.ts'
import { DAY, type Micros } from '../core/time.ts'
import { mergeCells, mergesAt, metricCells, signalCells, type CellGroup } from './compaction.ts'
import { boundRejected, forgetOld, forgetShare, forgetSignals, type SignalRetention } from './retention.ts'
import { Recount } from './recount.ts'
import { addressHider, type AddressHiding, type HideAddresses } from '../privacy/addresses.ts'
import { hideAddresses } from './addresses.ts'
import { METRICS } from '../metrics/index.ts'
import { bytesOf, isSlack, spaceOf, type StoreSpace } from './space.ts'
import type { Writer } from './writer.ts'
import { select } from './sql.ts'

/** Merges of each tier in one run, so that a run stays short; what is left is done by the next. */
const MERGES = 60

/** How much of the size that a store may have it keeps when it has more: so that not every run has to delete. */
const KEPT = 0.8

/** How often addresses are hidden while they grow as old as they may. */
const HIDINGS = 24

/** How long addresses of clients are kept, and what becomes of them then. */
export interface AddressRetention {
  readonly how: AddressHiding
  readonly after: Micros
}

/** How often one run deletes at most. */
const TURNS = 5

const METRIC_CELLS = metricCells(METRICS)

/**
 * What a store does to itself now and then: merges rollups, counts anew what lists or rules
 * that have changed made, bounds rejected lines, once a day deletes what lies too far
 * back. Each step takes its turn between two commits.
 */
export class Maintenance {
  /** While it is not known, cells of signals stay as they are. */
  signals: SignalRetention | undefined
  readonly #writer: Writer
  readonly #retention: Micros
  readonly #maxSize: number | undefined
  readonly #recount: Recount
  readonly #addresses: AddressRetention | undefined
  readonly #hide: HideAddresses | undefined
  #forgotten = 0
  #hidden = -Infinity

  /** Events and rollups are kept for `retention`, and as long as the file needs no more than `maxSize` bytes. */
  constructor(writer: Writer, retention: Micros, maxSize?: number, addresses?: AddressRetention) {
    this.#addresses = addresses
    this.#hide = addresses && addressHider(addresses.how, Date.now)
    this.#writer = writer
    this.#maxSize = maxSize
    this.#retention = retention
    this.#recount = new Recount(writer)
  }

  /** To be called before the first run. */
  begin(): Promise<void> {
    return this.#recount.note()
  }

  async run(now: Micros): Promise<void> {
    const writer = this.#writer
    for (const group of [...METRIC_CELLS, ...(await this.#signalCells())]) {
      const merges = await writer.exclusively(({ writer }) => mergesAt(writer, group, now, MERGES))
      for (const merge of merges) await writer.exclusively(({ writer }) => mergeCells(writer, merge))
    }
    await this.#recount.run()
    await writer.exclusively(database => boundRejected(database))
    await this.#bound()
    await this.#hideAddresses(now)
    if (now < this.#forgotten + DAY) return
    this.#forgotten = now
    const { signals } = this
    const deleted = await writer.exclusively(async database => {
      const old = await forgetOld(database, this.#retention, now)
      const unused = signals && (await forgetSignals(database, signals, now))
      return old || unused
    })
    if (!deleted) return
    await writer.sweepDictionary()
    await this.#giveBack()
  }

  /** Hides the addresses of what has become old enough, as often as that makes a difference. */
  async #hideAddresses(now: Micros): Promise<void> {
    const { after } = this.#addresses ?? {}
    if (after === undefined || !this.#hide) return
    if (now < this.#hidden + Math.min(DAY, after / HIDINGS)) return
    const isNew = await hideAddresses(this.#writer, now - after, this.#hide)
    this.#hidden = now
    if (!isNew) return
    await this.#writer.sweepDictionary()
    await this.#giveBack()
  }

  /** Deletes the oldest rows while the file holds more than it may. */
  async #bound(): Promise<void> {
    const writer = this.#writer
    const most = this.#maxSize
    if (most === undefined || bytesOf(writer.database.file) <= most) return
    for (let turn = 0; turn < TURNS; turn++) {
      const { used } = await this.#space()
      if (used <= most) break
      if (!(await writer.exclusively(database => forgetShare(database, 1 - (KEPT * most) / used)))) break
      await writer.sweepDictionary()
    }
    await this.#giveBack()
  }

  /** Rewrites the file where much of it is free. */
  async #giveBack(): Promise<void> {
    if (isSlack(await this.#space())) await this.#writer.shrink()
  }

  #space(): Promise<StoreSpace> {
    return this.#writer.exclusively(async ({ writer, file }) => {
      await writer.run('checkpoint')
      return spaceOf(writer, file)
    })
  }

  /** Those of signals that an engine delivered. */
  async #signalCells(): Promise<CellGroup[]> {
    const { signals = [], lateness = 0 } = this.signals ?? {}
    const stored = await this.#writer.reading(({ reader }) =>
      select(reader, "select name, id from fields where type = 'signal'")
    )
    const numbers = new Map(stored.map(([name, id]) => [String(name), Number(id)]))
    return signals.flatMap(signal => {
      const number = numbers.get(signalMetric(signal))
      return number === undefined ? [] : [signalCells(number, signal, lateness)]
    })
  }
}
