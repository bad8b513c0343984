import type { EngineStatus } from '../../core/progress.ts'
import { MINUTE_MS, SECOND_MS, type Clock, type Millis } from '../../core/time.ts'
import { counted, formatBytes, formatSpan } from '../../core/units.ts'
import type { ArchiveState } from './archive/sink.ts'
import type { AttemptFailure } from './attempts.ts'
import type { ClusterFacts } from './cluster.ts'

/** How many batches percentiles are of. */
const BATCHES = 200

/** How many streams the lag is shown of. */
const STREAMS = 64

/** Over how long the present speed is measured. */
const SPEED_TIME: Millis = 10 * SECOND_MS

interface BatchFact {
  readonly ended: Millis
  readonly duration: Millis
  readonly rows: number
  readonly tasks: number
}

/** A source, and what of its streams waits. */
export interface WaitingInput {
  /** Whether that is bytes; messages otherwise. */
  readonly rides: boolean
  /** `wanted`: about how many bytes. */
  readonly open: Iterable<{
    readonly stream: { readonly name: string; readonly pending: number }
    readonly wanted: number
  }>
}

/** Gathers what is known of an engine's work, and says how it stands. */
export class EngineRecord {
  /** Called when Spark begins to fail, fails once more, or does well again. */
  onChange = (): void => {}
  readonly #clock: Clock
  readonly #archive: () => ArchiveState | undefined
  readonly #batches: BatchFact[] = []
  readonly #waited: { readonly at: Millis; readonly bytes: number }[] = []
  #isReady = false
  #running: { readonly tasks: number; readonly bytes: number } | undefined
  #failure: (AttemptFailure & { readonly since: Millis; readonly until: Millis }) | undefined

  /** `archive`: how writing lines stands, where they are archived. */
  constructor(clock: Clock, archive: () => ArchiveState | undefined = () => undefined) {
    this.#clock = clock
    this.#archive = archive
  }

  began(tasks: number, bytes: number): void {
    this.#running = { tasks, bytes }
  }

  failed(failure: AttemptFailure): void {
    const now = this.#clock()
    this.#failure = { ...failure, since: this.#failure?.since ?? now, until: now + failure.delay }
    this.onChange()
  }

  /** Spark does what it is asked for. */
  ready(): void {
    this.#isReady = true
    this.#failure = undefined
    this.onChange()
  }

  /** A batch came to its end, with so many lines. */
  ended(duration: Millis, rows: number): void {
    const { tasks = 1 } = this.#running ?? {}
    this.#batches.push({ ended: this.#clock(), duration, rows, tasks })
    if (this.#batches.length > BATCHES) this.#batches.shift()
    this.#running = undefined
    const failed = this.#failure !== undefined
    this.#failure = undefined
    if (failed) this.onChange()
  }

  /** What hinders all sources now, for people. */
  get problem(): string | undefined {
    return this.#failure?.message
  }

  /** How the engine stands, given all sources that there are. */
  status(facts: ClusterFacts, inputs: readonly WaitingInput[]): EngineStatus {
    const now = this.#clock()
    const lag = lagOf(inputs)
    const catchUp = this.#catchUp(now, inputs)
    const failure = this.#failure ?? this.#archive()?.failure
    const batch = this.#batch(now)
    return {
      ...facts,
      state: failure ? 'failing' : !this.#isReady ? 'starting' : this.#running ? 'working' : 'waiting',
      detail: this.#detail(now),
      lag: lag.slice(0, STREAMS),
      behind: behindOf(inputs, lag),
      ...(failure && {
        failure: { message: failure.message, since: failure.since, attempts: failure.attempts }
      }),
      ...(batch && { batch }),
      ...(catchUp !== undefined && { catchUp })
    }
  }

  #detail(now: Millis): string {
    if (this.#failure) {
      const { attempts, until } = this.#failure
      return `asks for the same batch again ${soon(until - now)}, for the ${ordinal(attempts + 1)} time; nothing is lost or counted twice`
    }
    const { failure, unstored = 0 } = this.#archive() ?? {}
    if (failure)
      return `writes the same lines again ${soon(failure.next - now)}; their counts are stored with them: nothing is lost or counted twice`
    if (!this.#isReady) return 'brings the worker to the executors'
    if (!this.#running && unstored > 0)
      return `archives ${counted(unstored, 'line')}, whose counts are stored with them`
    if (!this.#running) return 'waits for lines'
    const { tasks, bytes } = this.#running
    return `reads ${formatBytes(bytes)} in ${counted(tasks, 'task')}`
  }

  #batch(now: Millis): EngineStatus['batch'] {
    const last = this.#batches.at(-1)
    if (!last) return undefined
    const durations = this.#batches.map(({ duration }) => duration).sort((a, b) => a - b)
    const at = (share: number): Millis => Math.round(durations[Math.ceil(durations.length * share) - 1] ?? 0)
    const recent = this.#batches.filter(({ ended }) => ended > now - SPEED_TIME)
    const rows = recent.reduce((sum, one) => sum + one.rows, 0)
    const [first] = recent
    const span = first ? Math.max(SECOND_MS, now - first.ended + first.duration) : SECOND_MS
    return {
      p50: at(0.5),
      p99: at(0.99),
      last: Math.round(last.duration),
      rowsPerSecond: Math.round((rows * SECOND_MS) / span),
      tasks: last.tasks
    }
  }

  /** By how quick what waits became less since it was most, in the last seconds. */
  #catchUp(now: Millis, inputs: readonly WaitingInput[]): Millis | undefined {
    const streams = inputs.flatMap(({ open }) => [...open])
    const bytes = streams.reduce((sum, { wanted }) => sum + wanted, 0)
    this.#waited.push({ at: now, bytes })
    while (this.#waited.length > 2 && this.#waited[0]!.at < now - SPEED_TIME) this.#waited.shift()
    const most = this.#waited.reduce((most, one) => (one.bytes >= most.bytes ? one : most))
    if (bytes === 0 || now - most.at < SECOND_MS) return undefined
    const time = (bytes * (now - most.at)) / (most.bytes - bytes)
    return time < 60 * 24 * MINUTE_MS ? Math.ceil(time) : undefined
  }
}

/** What waits of each stream, the most first. */
function lagOf(inputs: readonly WaitingInput[]): EngineStatus['lag'][number][] {
  return inputs
    .flatMap(({ rides, open }) => Array.from(open, one => ({ ...one, rides })))
    .filter(({ stream }) => stream.pending > 0)
    .sort((a, b) => b.wanted - a.wanted)
    .map(({ stream: { name, pending }, rides }) => ({
      stream: name,
      ...(rides ? { bytes: pending } : { messages: pending })
    }))
}

/** All of it, by what sources count: 0 where nothing of them waits. */
function behindOf(
  inputs: readonly WaitingInput[],
  lag: EngineStatus['lag']
): NonNullable<EngineStatus['behind']> {
  const messages = lag.reduce((sum, one) => sum + (one.messages ?? 0), 0)
  const bytes = lag.reduce((sum, one) => sum + (one.bytes ?? 0), 0)
  return {
    ...(inputs.some(({ rides }) => !rides) && { messages }),
    ...(inputs.some(({ rides }) => rides) && { bytes })
  }
}

function soon(time: Millis): string {
  return time > 0 ? `in ${formatSpan(Math.max(SECOND_MS, time))}` : 'now'
}

function ordinal(n: number): string {
  const endings = new Map([
    ['one', 'st'],
    ['two', 'nd'],
    ['few', 'rd']
  ])
  const rule = new Intl.PluralRules('en', { type: 'ordinal' }).select(n)
  return `${n}${endings.get(rule) ?? 'th'}`
}
