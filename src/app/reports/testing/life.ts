import { configOf } from '../../../config/load.ts'
import { SECOND_MS, type Millis } from '../../../core/time.ts'
import { openState, type StateStore } from '../../../state/index.ts'
import { testNotification } from '../../../state/testing/samples.ts'
import type { PeriodReader, ReportRequest } from '../make.ts'
import { ReportRunner } from '../runner.ts'
import { schedulesOf, scheduleOf } from '../schedules.ts'

/** When the first life begins. */
export const START = Date.parse('2026-11-30T06:00:00Z')
const SOURCES = [
  { name: 'web', labels: { team: 'shop' } },
  { name: 'api', labels: { team: 'shop', stage: 'test' } },
  { name: 'blog', labels: { team: 'press' } }
]
/** For how long lines may be on their way. */
export const DELAY = 10 * SECOND_MS

/** A Visor that makes reports by a clock of the test: what it reads is made up. */
class Life {
  now: Millis = START
  readonly state: StateStore = openState(undefined)
  readonly asked: ReportRequest[] = []
  unread: string[] = []
  failure: Error | undefined
  /** Of these, reports are never made to the end. */
  readonly slow = new Set<string>()
  fails: (request: ReportRequest) => boolean = () => true
  tone: 'success' | 'warning' = 'warning'
  vhosts: string[] = []
  /** Of the requests of vhosts; as many as of all others where absent. */
  readonly shares = new Map<string, number>()
  readonly #config: ReturnType<typeof schedulesOf>
  #runner: ReportRunner | undefined

  constructor(reports: object) {
    const sources = Object.fromEntries(
      SOURCES.map(({ name, labels }) => [name, { path: `${name}.log`, labels }])
    )
    const receivers = { ops: { type: 'console' }, team: { type: 'console' } }
    this.#config = schedulesOf(configOf({ sources, receivers, reports }, '.', { HOME: '/home/u' }))
  }

  start(): ReportRunner {
    const reader: PeriodReader = {
      sources: SOURCES,
      receivers: ['ops', 'team'],
      page: () => 'http://visor.example/',
      vhosts: async () =>
        this.vhosts.map(name => ({ name, share: this.shares.get(name) ?? 1 / this.vhosts.length })),
      read: async request => {
        this.asked.push(request)
        if (this.slow.has(request.name)) await new Promise(() => {})
        if (this.failure && this.fails(request)) throw this.failure
        return { json: {}, plain: '', document: this.document(request) }
      }
    }
    return (this.#runner = new ReportRunner({
      schedules: this.#config,
      state: this.state,
      reader,
      unread: (_, sources) =>
        this.unread.filter(text => sources?.some(name => text.startsWith(name)) ?? true),
      stored: async () => [],
      compose: async ({ run, receivers }) =>
        receivers.map(receiver => testNotification(`${run.id}-${receiver}`, { receiver })),
      delay: DELAY,
      clock: () => this.now,
      changed: () => {}
    }))
  }

  /** Lets time go by in steps. */
  async pass(time: Millis, step: Millis = SECOND_MS): Promise<void> {
    for (const end = this.now + time; this.now < end;) {
      this.now = Math.min(end, this.now + step)
      await this.#runner?.tick()
    }
  }

  /** Visor is gone for a while, as by kill -9: nothing is closed. */
  async down(time: Millis): Promise<void> {
    this.#runner = undefined
    this.now += time
    this.start()
  }

  runs(): string[] {
    return this.state
      .reports({ limit: 1000 })
      .toReversed()
      .map(({ state, due, missed, part }) =>
        [new Date(due).toISOString().slice(11, 19), state, missed?.count, part].filter(Boolean).join(' ')
      )
  }

  schedule(name: string) {
    return scheduleOf(this.#config, name)
  }

  document({ name, from, to, zone }: ReportRequest) {
    return {
      subject: `${name}: something is wrong`,
      verdict: { tone: this.tone, sentence: 'Something is wrong.' },
      period: { from, to, zone },
      facts: [],
      blocks: []
    }
  }
}

const lives: Life[] = []

/** A Visor with some `reports`. */
export function life(reports: object): Life {
  const made = new Life(reports)
  lives.push(made)
  return made
}

/** To be called after each test. */
export function endLives(): void {
  lives.splice(0).forEach(({ state }) => state.close())
}
