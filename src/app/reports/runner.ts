import { VisorError } from '../../core/errors.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type Clock, type Millis } from '../../core/time.ts'
import type { Notification } from '../../alerts/model.ts'
import { turnOf, type Turn } from '../../reports/schedule.ts'
import type { ReportChanges, StateStore } from '../../state/index.ts'
import { reasonOf } from '../../system/reason.ts'
import {
  failedReport,
  makeReport,
  makeReports,
  missedRun,
  reportParts,
  runOf,
  type MadeReport,
  type ReportOccasion,
  type PeriodReader
} from './make.ts'
import type { Schedule } from './schedules.ts'

/** How long a report waits for lines that are behind: as long as its interval, within these bounds. */
const LEAST_PATIENCE: Millis = MINUTE_MS
const MOST_PATIENCE: Millis = 15 * MINUTE_MS

/** After how long a report that could not be made is tried again, and how often runs are looked through for old ones. */
const AGAIN: Millis = 10 * SECOND_MS
const TIDY: Millis = HOUR_MS

export interface RunnerOptions {
  readonly schedules: readonly Schedule[]
  readonly state: StateStore
  readonly reader: PeriodReader
  /** What keeps lines that were written before a time from being read by now. */
  readonly unread: (until: Millis, sources: readonly string[] | undefined) => readonly string[]
  /** What the receivers of a report are sent. */
  readonly compose: (made: MadeReport, schedule: Schedule, now: Millis) => Promise<readonly Notification[]>
  /** Resolves when what was read until now is in the store, with what hinders that where it is not. */
  readonly stored: (signal: AbortSignal) => Promise<readonly string[]>
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
  /** Not before, and why: it has failed. */
  again: Millis
  problem?: string
  /** What it waits for. */
  unread: readonly string[]
}

/** A report, and what its receivers are sent. */
interface ComposedReport extends MadeReport {
  readonly notifications: readonly Notification[]
}

/** Makes the reports of schedules as their dates come, each once, and hands them to the outbox. */
export class ReportRunner {
  readonly #options: RunnerOptions
  readonly #started: Millis
  readonly #waiting = new Map<string, Waiting>()
  readonly #stop = new AbortController()
  /** Schedules whose reports are made just now: one that takes long holds up no other. */
  readonly #work = new Map<string, Promise<void>>()
  #tidied = -Infinity

  /** @throws VisorError STATE */
  constructor(options: RunnerOptions) {
    this.#options = options
    this.#started = options.clock()
    for (const schedule of options.schedules) this.#handled(schedule, this.#started)
  }

  /** Looks for what is due; to be called about twice a second. Resolves when what it began is done. */
  async tick(): Promise<void> {
    if (this.#stop.signal.aborted) return
    const idle = this.#options.schedules.filter(({ name }) => !this.#work.has(name))
    await Promise.all(
      idle.map(schedule => {
        const work = this.#turn(schedule).finally(() => this.#work.delete(schedule.name))
        this.#work.set(schedule.name, work)
        return work
      })
    )
    this.#tidy()
  }

  /** Makes a schedule's reports now; hands them to the outbox where they are to be sent. @throws VisorError */
  async now(schedule: Schedule, send: boolean): Promise<MadeReport[]> {
    const { clock, reader, unread, stored } = this.#options
    const at = clock()
    const { signal } = this.#stop
    const behind = await stored(signal)
    const occasion: ReportOccasion = {
      due: at,
      at,
      manual: true,
      ...(!send && { shown: true }),
      missed: [],
      unread: sources => [...unread(at, sources), ...behind]
    }
    const made = await makeReports(schedule, occasion, reader, signal)
    if (!send) return made
    const composed = await Promise.all(made.map(one => this.#composed(schedule, one, at)))
    this.#commit(schedule, composed, at)
    return composed
  }

  /** What the report of a schedule waits for whose date has come, for people. */
  waitsFor(schedule: string): string | undefined {
    const { problem, unread = [] } = this.#waiting.get(schedule) ?? {}
    if (problem !== undefined) return `it could not be made, and is tried again: ${problem}`
    return unread.length > 0 ? `not all lines are read yet: ${unread.join('; ')}` : undefined
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await Promise.all(this.#work.values())
  }

  async #turn(schedule: Schedule): Promise<void> {
    const { clock } = this.#options
    const waiting = this.#waitingFor(schedule, clock())
    if (!waiting || clock() < waiting.again) return
    try {
      await this.#look(schedule, waiting, clock())
    } catch (error) {
      // What cannot be written, such as with a full disk, is not done either: it is made anew.
      waiting.again = clock() + AGAIN
      waiting.problem = reasonOf(error)
    }
  }

  #tidy(): void {
    const { clock, state } = this.#options
    if (this.#stop.signal.aborted || clock() - this.#tidied < TIDY) return
    this.#tidied = clock()
    state.forgetReports(clock())
  }

  async #look(schedule: Schedule, waiting: Waiting, now: Millis): Promise<void> {
    const { due, turn } = waiting
    const { name, recurrence } = schedule
    const { to = due, from = due } = runOf(schedule, undefined, { due, at: now }).interval ?? {}
    const ready = to + this.#options.delay
    const late = ready + Math.min(Math.max(LEAST_PATIENCE, to - from), MOST_PATIENCE)
    if (now < ready) return
    waiting.unread = this.#options.unread(ready, schedule.sources)
    if (waiting.unread.length > 0 && now < late) return
    const behind = await this.#options.stored(this.#stop.signal)
    const unread: ReportOccasion['unread'] = sources => [...this.#options.unread(ready, sources), ...behind]
    const occasion = { due, at: now, missed: turn.missed, unread }
    // The other parts do not wait for one that cannot be made.
    const isHeld = schedule.each !== undefined && schedule.dates.next(due) + this.#options.delay <= now
    const others = await this.#made(schedule, occasion, now < late && !isHeld)
    const missed = turn.missed.map(span => ({ ...nothing, run: missedRun(schedule, span, now) }))
    this.#commit(schedule, [...missed, ...others], now, { name, recurrence, handled: due })
    this.#waiting.delete(name)
  }

  /** The date of a schedule that is due. */
  #waitingFor(schedule: Schedule, now: Millis): Waiting | undefined {
    const known = this.#waiting.get(schedule.name)
    if (known) return known
    // An interval that ends now may still get lines.
    const delay = schedule.period === 'interval' ? this.#options.delay : 0
    const handled = this.#handled(schedule, now)
    const turn = turnOf(schedule.dates, handled, this.#started - delay, now - delay)
    if (turn.due === undefined) return undefined
    const waiting = { due: turn.due, turn, again: 0, unread: [] }
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

  /**
   * Makes the reports of a date and hands each on by itself, once, whatever becomes of the others; gives what is to be written
   * when the date is done.
   * @throws what kept one of them from being made, where `again` is possible
   */
  async #made(schedule: Schedule, occasion: ReportOccasion, again: boolean): Promise<ComposedReport[]> {
    const { reader, state } = this.#options
    let all: Awaited<ReturnType<typeof reportParts>>
    try {
      all = await reportParts(schedule, occasion, reader)
    } catch (error) {
      return [this.#failed(error, schedule, undefined, occasion, again)]
    }
    const left = all.left.map(one => ({ ...one, notifications: [] }))
    const waiting = all.parts.filter(part => !state.report(runOf(schedule, part, occasion).id))
    const problems: unknown[] = []
    for (const part of waiting)
      try {
        const one = await this.#madeOne(schedule, part, occasion, again)
        if (problems.length === 0 && part === waiting.at(-1)) return [one, ...left]
        this.#commit(schedule, [one], occasion.at)
      } catch (error) {
        if (this.#stop.signal.aborted) throw error
        problems.push(error)
      }
    if (problems.length > 0) throw problems[0]
    return left
  }

  /** @throws what keeps it from being made, where `again` is possible */
  async #madeOne(
    schedule: Schedule,
    part: string | undefined,
    occasion: ReportOccasion,
    again: boolean
  ): Promise<ComposedReport> {
    try {
      const made = await makeReport(schedule, part, occasion, this.#options.reader, this.#stop.signal)
      return await this.#composed(schedule, made, occasion.at)
    } catch (error) {
      return this.#failed(error, schedule, part, occasion, again)
    }
  }

  /** @throws the error, where `again` is possible */
  #failed(
    error: unknown,
    schedule: Schedule,
    part: string | undefined,
    occasion: ReportOccasion,
    again: boolean
  ): ComposedReport {
    const isWrong = error instanceof VisorError && HOPELESS.includes(error.code)
    if (this.#stop.signal.aborted || (again && !isWrong)) throw error
    return { ...failedReport(schedule, part, occasion, reasonOf(error)), notifications: [] }
  }

  async #composed(schedule: Schedule, made: MadeReport, now: Millis): Promise<ComposedReport> {
    const notifications = await this.#options.compose(made, schedule, now)
    const sent = notifications.map(({ id, receiver }) => ({ id, receiver }))
    return { ...made, run: { ...made.run, notifications: sent }, notifications }
  }

  /** Writes what came of a date, and hands on what is to be sent: all of it or nothing. */
  #commit(
    { keep }: Schedule,
    made: readonly ComposedReport[],
    now: Millis,
    schedule?: ReportChanges['schedule']
  ): void {
    const { state, changed } = this.#options
    state.commitReports({
      ...(schedule && { schedule }),
      runs: made.map(({ run, document }) => ({ run, document, expires: now + keep })),
      notifications: made.flatMap(({ notifications }) => notifications)
    })
    changed()
  }
}

/** Errors that another try does not mend. */
const HOPELESS: readonly string[] = ['QUERY', 'NO_LINES']

/** A run without a report. */
const nothing = { receivers: [], notifications: [] }
