import type { Config } from '../../config/schema.ts'
import { NO_DELIVERY } from '../../core/delivery.ts'
import { MINUTE_MS, SECOND_MS, type Clock, type Millis } from '../../core/time.ts'
import { drawnReport } from '../../reports/drawn.ts'
import type { Status } from '../../server/api-types.ts'
import type { ReportsService } from '../../server/reports/reports.ts'
import type { ReportsStatus } from '../../server/reports/types.ts'
import type { StateStore } from '../../state/index.ts'
import type { LineQuestions, Store } from '../../store/index.ts'
import { withTimeout } from '../../system/abort.ts'
import { reasonOf } from '../../system/reason.ts'
import { composed, FILE_WIDTH } from './draw.ts'
import type { MadeReport } from './make.ts'
import { receiversOf, storeReader } from './reader.ts'
import { ReportRunner } from './runner.ts'
import { runsWithDeliveries } from './runs.ts'
import { eachText, schedulesOf, scheduleOf, type Schedule } from './schedules.ts'
import { unreadOf } from './unread.ts'

/** How many runs are shown. */
const MAX_RUNS = 100

/** Between line and store besides what an engine takes. */
const MARGIN: Millis = SECOND_MS

interface ReportsOptions {
  readonly store: Store
  /** Who answers questions about lines where they are not in the store. */
  readonly lines: LineQuestions | undefined
  readonly state: StateStore
  readonly status: () => Status
  /** For how long lines may be on their way to the engine. */
  readonly delay: Millis
  readonly clock: Clock
  /** Called when something is in the outbox. */
  readonly wake: () => void
}

/** The reports of a configuration at work: made at their times, and when somebody asks. */
export class RunningReports {
  readonly #config: Config
  readonly #options: ReportsOptions
  readonly #schedules: readonly Schedule[]
  readonly #runner: ReportRunner
  #page: string | undefined
  #started = false
  #revision = 0

  /** @throws VisorError STATE */
  constructor(config: Config, options: ReportsOptions) {
    const { store, lines, state, status, delay, clock, wake } = options
    this.#config = config
    this.#options = options
    this.#schedules = schedulesOf(config)
    this.#runner = new ReportRunner({
      schedules: this.#schedules,
      state,
      reader: storeReader(config, { store, lines, history: state, clock, page: () => this.#page }),
      unread: (until, sources) => unreadOf(status(), until, sources),
      compose: composed,
      stored: signal => stored(store, signal),
      delay: config.lateness + delay + MARGIN,
      clock,
      changed: () => {
        this.#revision++
        wake()
      }
    })
  }

  /** `page` is where the page is. Nothing is made before. */
  start(page: string | undefined): void {
    this.#page = page
    this.#started = true
  }

  /** To be called about twice a second. */
  async tick(): Promise<void> {
    if (!this.#started) return
    await this.#runner.tick()
  }

  /** The reports of a schedule as they would be now; sent where that is wanted. @throws VisorError USAGE, QUERY, NO_LINES */
  now(name: string, send: boolean): Promise<MadeReport[]> {
    return this.#runner.now(scheduleOf(this.#schedules, name), send)
  }

  status(): ReportsStatus {
    return { schedules: this.#schedules.length, revision: this.#revision }
  }

  /** What the server shows. */
  service(): ReportsService {
    const { state, clock } = this.#options
    return {
      answer: () => ({
        schedules: this.#schedules.map(schedule => {
          const { name, recurrence, period, zone, each, receivers, dates } = schedule
          const waits = this.#runner.waitsFor(name)
          return {
            name,
            recurrence,
            period,
            zone,
            ...(each && { each: eachText(each) }),
            receivers: receivers ?? receiversOf(this.#config),
            next: dates.next(clock()),
            ...(waits !== undefined && { waits })
          }
        }),
        runs: runsWithDeliveries(state, state.reports({ limit: MAX_RUNS }))
      }),
      document: id => state.reportDocument(id),
      drawn: (document, shape) => drawnReport(document, shape, FILE_WIDTH)
    }
  }

  close(): Promise<void> {
    return this.#runner.close()
  }
}

/** Resolves when what was delivered until now is in the store, with what hinders that where it takes too long. */
async function stored(store: Store, signal: AbortSignal): Promise<string[]> {
  try {
    // It is in the store once all is that was delivered before.
    await withTimeout(MINUTE_MS, signal, () => store.write(NO_DELIVERY))
    return []
  } catch (error) {
    return [`the store does not take lines: ${reasonOf(error)}`]
  }
}
