import { VisorError } from '../../core/errors.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type Clock, type Millis } from '../../core/time.ts'
import type { Notification } from '../../alerts/model.ts'
import { turnOf, type Turn } from '../../reports/schedule.ts'
import type { ReportChanges, StateStore } from '../../state/index.ts'
import { reasonOf } from '../../system/reason.ts'
import { makeReports, missedRun, runOf, type MadeReport, type Occasion, type PeriodReader } from './make.ts'
import type { Schedule } from './schedules.ts'

/** How long a report waits for lines that are behind: as long as its interval, within these bounds. */
const LEAST_PATIENCE: Millis = MINUTE_MS
const MOST_PATIENCE: Millis = 15 * MINUTE_MS

/** After how long a report that could not be made is tried again, and how often runs are looked through for old ones. */
const AGAIN: Millis = 10 * SECOND_MS
const TIDY: Millis = HOUR_MS

/** Before that, a source that says it has read all may not have looked yet. */
const STARTUP: Millis = 5 * SECOND_MS

export interface RunnerOptions {
  readonly schedules: readonly Schedule[]
  readonly state: StateStore
  readonly reader: PeriodReader
  /** What keeps lines that were written before a time from being read by now. */
  readonly unread: (until: Millis, sources: readonly string[] | undefined) => readonly string[]
  /** What the receivers of a report are sent. */
  readonly compose: (made: MadeReport, schedule: Schedule, now: Millis) => Promise<readonly Notification[]>
  /** Resolves when what was read until now is in the store. */
  readonly stored: () => Promise<void>
  /** For how long lines may be on their way. */
  readonly delay: Millis
  readonly clock: Clock
  /** Called when something was handed to the outbox, or there is something new to show. */
  readonly changed: () => void
}

/** A date whose report is to be made. */
interface Waiting {
  readonly due: Millis
  readonly turn: Turn
  /** Not before: it has failed. */
  again: Millis
}

/** Makes the reports of schedules as their dates come, each once, and hands them to the outbox. */
export class ReportRunner {
  readonly #options: RunnerOptions
  readonly #started: Millis
  readonly #waiting = new Map<string, Waiting>()
  readonly #stop = new AbortController()
  #work: Promise<void> | undefined
  #tidied = -Infinity

  /** @throws VisorError STATE */
  constructor(options: RunnerOptions) {
    this.#options = options
    this.#started = options.clock()
    for (const schedule of options.schedules) this.#handled(schedule, this.#started)
  }

  /** Looks for what is due; to be called about twice a second. Resolves when what was due is done. */
  async tick(): Promise<void> {
    if (this.#work || this.#stop.signal.aborted) return
    this.#work = this.#turn()
    await this.#work.finally(() => (this.#work = undefined))
  }

  /** Makes a schedule's reports now; hands them to the outbox where they are to be sent. @throws VisorError */
  async now(schedule: Schedule, send: boolean): Promise<MadeReport[]> {
    const { clock, reader, unread, stored } = this.#options
    const at = clock()
    await stored()
    const behind = unread(at, schedule.sources)
    const occasion: Occasion = { due: at, at, manual: true, missed: [], unread: behind }
    const made = await makeReports(schedule, occasion, reader, this.#stop.signal)
    if (send) await this.#commit(schedule, made, at)
    return made
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#work
  }

  async #turn(): Promise<void> {
    const { schedules, clock, state } = this.#options
    for (const schedule of schedules) {
      if (this.#stop.signal.aborted) return
      try {
        await this.#look(schedule, clock())
      } catch (error) {
        // The state may be out of reach for a while: nothing is lost, since nothing is done without it.
        const waiting = this.#waiting.get(schedule.name)
        if (waiting) waiting.again = clock() + AGAIN
        if (!(error instanceof VisorError)) throw error
      }
    }
    if (clock() - this.#tidied < TIDY) return
    this.#tidied = clock()
    state.forgetReports(clock())
  }

  async #look(schedule: Schedule, now: Millis): Promise<void> {
    const waiting = this.#waiting.get(schedule.name) ?? this.#next(schedule, now)
    if (!waiting || now < waiting.again) return
    const { due, turn } = waiting
    const { to = due, from = due } = runOf(schedule, undefined, { due, at: now }).interval ?? {}
    const ready = to + this.#options.delay
    const late = ready + Math.min(Math.max(LEAST_PATIENCE, to - from), MOST_PATIENCE)
    if (now < ready || now - this.#started < STARTUP) return
    const unread = this.#options.unread(ready, schedule.sources)
    if (unread.length > 0 && now < late) return
    await this.#options.stored()
    const occasion = { due, at: now, missed: turn.missed, unread }
    const made = await this.#made(schedule, occasion, now < late)
    if (!made) {
      waiting.again = now + AGAIN
      return
    }
    const missed = turn.missed.map(span => ({ run: missedRun(schedule, span, now), receivers: [] }))
    const { name, recurrence } = schedule
    await this.#commit(schedule, [...missed, ...made], now, { name, recurrence, handled: due })
    this.#waiting.delete(name)
  }

  /** The next date of a schedule that is due. */
  #next(schedule: Schedule, now: Millis): Waiting | undefined {
    // An interval that ends now may still get lines.
    const delay = schedule.period === 'interval' ? this.#options.delay : 0
    const handled = this.#handled(schedule, now)
    const turn = turnOf(schedule.dates, handled, this.#started - delay, now - delay)
    if (turn.due === undefined) return undefined
    const waiting = { due: turn.due, turn, again: 0 }
    this.#waiting.set(schedule.name, waiting)
    return waiting
  }

  /** The last date of a schedule that is done. One that is new, or has other dates than before, begins now. */
  #handled({ name, recurrence, dates }: Schedule, now: Millis): Millis {
    const { state } = this.#options
    const known = state.schedule(name)
    // Where the clock was wrong when it was done, all later dates would have to wait for that time.
    const isPossible = known !== undefined && known.handled <= Math.max(dates.next(now), now + DAY_MS)
    if (known?.recurrence === recurrence && isPossible) return known.handled
    state.commitReports({ schedule: { name, recurrence, handled: now }, runs: [], notifications: [] })
    return now
  }

  /** The reports of a date; `undefined` where they cannot be made yet and `again` is possible. */
  async #made(schedule: Schedule, occasion: Occasion, again: boolean): Promise<MadeReport[] | undefined> {
    try {
      return await makeReports(schedule, occasion, this.#options.reader, this.#stop.signal)
    } catch (error) {
      const { aborted } = this.#stop.signal
      const isWrong = error instanceof VisorError && ['QUERY', 'NO_LINES'].includes(error.code)
      if (aborted || (again && !isWrong)) return undefined
      const run = { ...runOf(schedule, undefined, occasion), state: 'failed' as const, why: reasonOf(error) }
      return [{ run, receivers: [] }]
    }
  }

  /** Writes what came of a date, and hands on what is to be sent: all of it or nothing. */
  async #commit(
    schedule: Schedule,
    made: readonly MadeReport[],
    now: Millis,
    handled?: ReportChanges['schedule']
  ): Promise<void> {
    const { state, changed, compose } = this.#options
    const sent = await Promise.all(
      made.map(async one => ({ ...one, notifications: await compose(one, schedule, now) }))
    )
    state.commitReports({
      ...(handled && { schedule: handled }),
      runs: sent.map(({ run, document, notifications }) => ({
        run: { ...run, notifications: notifications.map(({ id, receiver }) => ({ id, receiver })) },
        document,
        expires: now + schedule.keep
      })),
      notifications: sent.flatMap(({ notifications }) => notifications)
    })
    changed()
  }
}
