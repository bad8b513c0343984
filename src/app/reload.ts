import type { Config, SourceConfig } from '../config/schema.ts'
import { knownError, VisorError } from '../core/errors.ts'
import type { EnginePlan } from '../counting/plan.ts'
import type { Engine } from '../engines/index.ts'
import { formatsFor } from '../formats/index.ts'
import { reasonOf } from '../system/reason.ts'
import type { Parts } from './parts.ts'
import { pastOf, planOf, shownSources, type Earlier } from './plan.ts'
import { startPage } from './show.ts'

/** What a running Visor can change; all else needs a restart. */
export const CHANGEABLE: ReadonlySet<string> = new Set<keyof Config>([
  'sources',
  'page',
  'alerts',
  'receivers',
  'reports',
  'zone'
])

/** What of the configuration has changed: `sources.shop (added)`, `alerts`. */
export interface Reloaded {
  readonly changed: readonly string[]
}

/** A page that is ready to take the place of the one that is there. */
interface NewPage {
  readonly address: string | undefined
  readonly begin: () => void
  readonly undo: () => Promise<void>
}

/** Takes the configuration anew while Visor runs, all of it or nothing, one time after the other. */
export class Reloader {
  readonly #parts: Parts
  readonly #load: () => Config
  #engine: Engine | undefined
  #last: Promise<unknown> = Promise.resolve()
  #isClosed = false

  constructor(parts: Parts, load: () => Config) {
    this.#parts = parts
    this.#load = load
  }

  /** Reading has begun. */
  start(engine: Engine): void {
    this.#engine = engine
  }

  /** @throws VisorError where it is refused: the one before goes on, and it is known why */
  reload(): Promise<Reloaded> {
    const turn = this.#last.then(() => this.#noted())
    this.#last = turn.catch(() => {})
    return turn
  }

  /** Takes none from now on; resolves when none is under way. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#last
  }

  async #noted(): Promise<Reloaded> {
    const { operations, clock } = this.#parts
    try {
      const reloaded = await this.#reload()
      operations.configuration = { loaded: clock() }
      return reloaded
    } catch (error) {
      const refused = error instanceof Error ? reasonOf(error) : String(error)
      operations.configuration = { ...operations.configuration, refused }
      throw knownError(error) ?? new VisorError('INTERNAL', refused, { cause: error })
    }
  }

  async #reload(): Promise<Reloaded> {
    const { current, stored } = this.#parts
    const engine = this.#engine
    if (!engine || this.#isClosed)
      throw new VisorError('NEEDS_RESTART', `Visor is ${engine ? 'ending' : 'starting'}`, {
        remedy: 'Try it again once it runs.'
      })
    const config = this.#load()
    refuseFixed(current.config, config)
    for (const { format } of Object.values(config.sources)) if (format !== undefined) formatsFor(format)
    const { failure } = stored()
    if (failure !== undefined) throw new VisorError('STORE_BROKEN', `the store cannot be written: ${failure}`)
    const changed = changesOf(current.config, config)
    if (changed.length > 0) await this.#change(engine, config)
    return { changed }
  }

  async #change(engine: Engine, config: Config): Promise<void> {
    const { alerts, current, reportsFor } = this.#parts
    const { reports } = current
    const page = await this.#page(config)
    const undo = [page.undo]
    const address = config.page.url ?? page.address
    const next = sameReports(current.config, config) ? reports : reportsFor(config)
    if (next !== reports) undo.push(async () => next?.close())
    try {
      const prepared = await alerts.prepare(config, address)
      undo.push(prepared.discard)
      await this.#read(engine, config, prepared, () => {
        prepared.begin()
        current.config = config
        current.reports = next
        next?.start(address)
        page.begin()
      })
    } catch (error) {
      for (const one of undo.toReversed()) await one()
      throw error
    }
    if (next !== reports) await reports?.close()
  }

  /** Has the engine read by another configuration, where that has other sources or rules that count something else. */
  async #read(engine: Engine, config: Config, { signals, read }: Prepared, begin: () => void): Promise<void> {
    const { current, alerts, live, account, store, output } = this.#parts
    const before = current.config
    const kept = keptSources(before.sources, config.sources)
    const isSame = (names: object): boolean => Object.keys(names).every(name => kept.has(name))
    const sameSources = isSame(before.sources) && isSame(config.sources)
    const counted = alerts.alerting.signals
    if (sameSources && counted.length === signals.length && alerts.alerting.missing(signals).length === 0)
      return begin()
    if (!engine.reload)
      throw needsRestart(
        `the engine ${before.engine.type} takes sources and what rules count at its start alone`
      )
    const ending = Object.keys(before.sources).filter(name => !kept.has(name))
    if (!store && ending.length > 0)
      throw needsRestart('without a store nobody knows where a source that changes is to be read on')
    let past: ReadonlyMap<string, Earlier> = new Map()
    const planFor = async (config: Config, signals: EnginePlan['signals']): Promise<EnginePlan> => {
      const opened = Object.entries(config.sources).filter(([name]) => !kept.has(name))
      past = await pastOf({ ...config, sources: Object.fromEntries(opened) }, store)
      return planOf(config, past, output, signals)
    }
    await engine.reload({
      ending,
      next: async () => {
        await read()
        return planFor(config, signals)
      },
      back: () => planFor(before, counted),
      begin: () => {
        begin()
        live.change(shownSources(config, past), kept)
        if (account) account.sources = config.sources
      }
    })
  }

  /** The page of another configuration: where it listens elsewhere, it is opened beside the one before, else after it. */
  async #page(config: Config): Promise<NewPage> {
    const { current } = this.#parts
    const { config: before, page } = current
    const again = (config: Config) => startPage(this.#parts, config)
    if (samePage(before, config)) return { address: page?.address, begin: () => {}, undo: async () => {} }
    const isInTheWay =
      page &&
      before.page.host === config.page.host &&
      before.page.port === config.page.port &&
      config.page.enabled
    if (isInTheWay) await page.close()
    const next = await again(config).catch(async (error: unknown) => {
      if (isInTheWay) current.page = await again(before)
      throw error
    })
    current.page = isInTheWay ? next : page
    return {
      address: next?.address,
      begin: () => {
        current.page = next
        if (!isInTheWay) void page?.close()
      },
      undo: async () => {
        await next?.close()
        if (isInTheWay) current.page = await again(before)
      }
    }
  }
}

type Prepared = Awaited<ReturnType<Parts['alerts']['prepare']>>

function needsRestart(why: string): VisorError {
  return new VisorError('NEEDS_RESTART', why)
}

/** @throws VisorError NEEDS_RESTART for settings that cannot change while Visor runs */
function refuseFixed(before: Config, after: Config): void {
  const fixed = differing(before, after).filter(name => !CHANGEABLE.has(name))
  if (fixed.length === 0) return
  const named = fixed.flatMap(name => {
    const inner = differing(groupOf(before, name), groupOf(after, name))
    return inner.length > 0 ? inner.map(one => `${name}.${one}`) : [name]
  })
  throw needsRestart(
    `${named.join(', ')} cannot change while Visor runs; nothing of the new configuration was taken`
  )
}

/** A group of settings; nothing where it is none. */
function groupOf(config: Config, name: string): object {
  const value: unknown = Reflect.get(config, name)
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}

function changesOf(before: Config, after: Config): string[] {
  const kept = keptSources(before.sources, after.sources, true)
  const names = new Set([...Object.keys(before.sources), ...Object.keys(after.sources)])
  const sources = [...names]
    .filter(name => !kept.has(name))
    .map(name => {
      const what = !before.sources[name] ? 'added' : after.sources[name] ? 'changed' : 'removed'
      return `sources.${name} (${what})`
    })
  return [...sources, ...differing(before, after).filter(name => name !== 'sources')]
}

/** The names of the settings that are not the same. */
function differing(before: object, after: object): string[] {
  const [old, now]: [Record<string, unknown>, Record<string, unknown>] = [{ ...before }, { ...after }]
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(name => !same(old[name], now[name]))
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** The names of the sources that are read as they were. Labels are for reports alone, and count where `labels` are asked for. */
function keptSources(
  before: Config['sources'],
  after: Config['sources'],
  labels = false
): ReadonlySet<string> {
  const read = (source: SourceConfig | undefined): unknown =>
    source && (labels ? source : { ...source, labels: undefined })
  return new Set(Object.keys(after).filter(name => same(read(before[name]), read(after[name]))))
}

function sameReports(before: Config, after: Config): boolean {
  return (['reports', 'sources', 'receivers', 'page', 'zone', 'alerts'] as const).every(name =>
    same(before[name], after[name])
  )
}

/** Whether the page need not be opened anew: it has reports where there are some. */
function samePage(before: Config, after: Config): boolean {
  return same([before.page, before.zone, hasReports(before)], [after.page, after.zone, hasReports(after)])
}

function hasReports({ reports }: Config): boolean {
  return Object.keys(reports).length > 0
}
