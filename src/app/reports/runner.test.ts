import { array, assert, asyncProperty, boolean, constantFrom, integer, record } from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { configOf } from '../../config/load.ts'
import { VisorError } from '../../core/errors.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, toMillis, type Millis } from '../../core/time.ts'
import { openState, type StateStore } from '../../state/index.ts'
import { testNotification, testRecord } from '../../state/testing/samples.ts'
import type { PeriodReader, ReportRequest } from './make.ts'
import { ReportRunner } from './runner.ts'
import { schedulesOf, scheduleOf } from './schedules.ts'

const START = Date.parse('2026-11-30T06:00:00Z')
const DELAY = 10 * SECOND_MS

/** A Visor that makes reports by a clock of the test: what it reads is made up. */
class Life {
  now: Millis = START
  readonly state: StateStore = openState(undefined)
  readonly asked: ReportRequest[] = []
  unread: string[] = []
  failure: Error | undefined
  fails: (request: ReportRequest) => boolean = () => true
  tone: 'success' | 'warning' = 'warning'
  vhosts: string[] = []
  readonly #config: ReturnType<typeof schedulesOf>
  #runner: ReportRunner | undefined

  constructor(reports: object) {
    const sources = { web: { path: 'a.log' }, api: { path: 'b.log' } }
    const receivers = { ops: { type: 'console' }, team: { type: 'console' } }
    this.#config = schedulesOf(configOf({ sources, receivers, reports }, '.', { HOME: '/home/u' }))
  }

  start(): ReportRunner {
    const reader: PeriodReader = {
      sources: ['web', 'api'],
      receivers: ['ops', 'team'],
      page: () => 'http://visor.example/',
      vhosts: async () => this.vhosts,
      read: async request => {
        this.asked.push(request)
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
function life(reports: object): Life {
  const made = new Life(reports)
  lives.push(made)
  return made
}
afterEach(() => lives.splice(0).forEach(({ state }) => state.close()))

describe('reports at their times', () => {
  it('are made once lines can have come, of the interval that ended then, for each receiver', async () => {
    const visor = life({ fast: { every: '1m' } })
    visor.start()
    await visor.pass(MINUTE_MS + DELAY - SECOND_MS)
    expect(visor.runs()).toEqual([])
    await visor.pass(SECOND_MS)
    expect(visor.runs()).toEqual(['06:01:00 sent'])
    expect(visor.asked.map(({ from, to }) => [toMillis(from) - START, toMillis(to) - START])).toEqual([
      [0, MINUTE_MS]
    ])
    expect(visor.state.outbox().map(({ notification }) => notification.receiver)).toEqual(['ops', 'team'])
    await visor.pass(5 * MINUTE_MS)
    expect(visor.runs()).toHaveLength(6)
  })

  it('of a whole day in a zone come at their hour', async () => {
    const visor = life({
      daily: { cron: '0 7 * * *', zone: 'Europe/Berlin', period: 'day', receivers: 'ops' }
    })
    visor.now = START - 2 * SECOND_MS
    visor.start()
    await visor.pass(8 * SECOND_MS)
    expect(visor.asked.map(({ from, to, zone }) => [isoOf(from), isoOf(to), zone])).toEqual([
      ['2026-11-28T23:00', '2026-11-29T23:00', 'Europe/Berlin']
    ])
    expect(visor.state.reports({ limit: 1 })[0]).toMatchObject({
      id: 'daily-20261130T060000Z',
      notifications: [{ id: 'daily-20261130T060000Z-ops', receiver: 'ops' }],
      subject: 'something is wrong'
    })
    expect(visor.state.reportDocument('daily-20261130T060000Z')).toMatchObject({
      online: 'http://visor.example/reports/daily-20261130T060000Z',
      facts: [{ name: 'Schedule', text: 'daily: 0 7 * * * (Europe/Berlin)' }]
    })
  })

  it('wait for lines that were not read yet, and say so in the end', async () => {
    const visor = life({ fast: { every: '5m' } })
    visor.start()
    visor.unread = ['web is 3 MB behind']
    await visor.pass(9 * MINUTE_MS)
    expect(visor.runs()).toEqual([])
    await visor.pass(MINUTE_MS + DELAY)
    expect(visor.runs()).toEqual(['06:05:00 sent'])
    const [run] = visor.state.reports({ limit: 1 })
    expect(run?.why).toBe('not all lines were read yet: web is 3 MB behind')
    visor.unread = []
    await visor.pass(SECOND_MS)
    expect(visor.runs()).toEqual(['06:05:00 sent', '06:10:00 sent'])
  })

  it('that could not be made are tried again, and told as failed in the end', async () => {
    const visor = life({ fast: { every: '5m' }, wrong: { every: '5m' } })
    visor.start()
    visor.failure = new Error('the disk is gone')
    await visor.pass(6 * MINUTE_MS)
    expect(visor.runs()).toEqual([])
    visor.failure = undefined
    await visor.pass(10 * SECOND_MS)
    expect(visor.runs()).toEqual(['06:05:00 sent', '06:05:00 sent'])
    visor.failure = new VisorError('QUERY', 'no such field')
    await visor.pass(5 * MINUTE_MS)
    expect(visor.runs().slice(2)).toEqual(['06:10:00 failed', '06:10:00 failed'])
    expect(visor.state.reports({ limit: 1 })[0]?.why).toBe('no such field')
    visor.failure = new Error('the disk is gone')
    await visor.pass(10 * MINUTE_MS + DELAY)
    expect(visor.runs().slice(4)).toEqual(['06:15:00 failed', '06:15:00 failed'])
  })

  it('with nothing to say are sent, or skipped where that is wanted', async () => {
    const visor = life({ all: { every: '1m' }, wrong: { every: '1m', quiet: 'skip' } })
    visor.tone = 'success'
    visor.start()
    await visor.pass(MINUTE_MS + DELAY)
    expect(visor.runs()).toEqual(['06:01:00 sent', '06:01:00 quiet'])
    expect(visor.state.outbox()).toHaveLength(2)
    expect(visor.state.reportDocument('wrong-20261130T060100Z')).toBeDefined()
  })

  it('fan out over vhosts, each with its own receivers, zone and filter', async () => {
    const visor = life({
      daily: {
        every: '1h',
        where: 'status:5xx OR status:4xx',
        each: 'vhost',
        receivers: 'ops',
        for: {
          'shop.example': { receivers: 'team', zone: 'Asia/Tokyo', where: 'NOT path:/health' },
          'old.example': { receivers: [] }
        }
      }
    })
    visor.vhosts = ['www.example', 'old.example', 'shop.example', 'a"b']
    visor.start()
    await visor.pass(HOUR_MS + DELAY, MINUTE_MS)
    expect(visor.asked.map(({ where, zone, name }) => [name, where, zone === 'Asia/Tokyo'])).toEqual([
      ['shop.example', 'vhost:shop.example AND (status:5xx OR status:4xx) AND (NOT path:/health)', true],
      ['www.example', 'vhost:www.example AND (status:5xx OR status:4xx)', false],
      ['a"b', 'vhost:"a\\"b" AND (status:5xx OR status:4xx)', false]
    ])
    expect(visor.runs()).toEqual([
      '07:00:00 sent shop.example',
      '07:00:00 sent www.example',
      '07:00:00 sent a"b'
    ])
    expect(visor.state.outbox().map(({ notification }) => notification.receiver)).toEqual([
      'team',
      'ops',
      'ops'
    ])
  })

  it('fan out over sources', async () => {
    const visor = life({ daily: { every: '1h', each: 'source' } })
    visor.start()
    await visor.pass(HOUR_MS + DELAY, MINUTE_MS)
    expect(visor.asked.map(({ sources }) => sources)).toEqual([['web'], ['api']])
  })

  it('fan out over no more vhosts than so many, and say how many are left', async () => {
    const visor = life({ daily: { every: '1h', each: 'vhost', for: { 'last.example': {} } } })
    visor.vhosts = Array.from({ length: 70 }, (_, i) => `h${i}.example`)
    visor.start()
    await visor.pass(HOUR_MS + DELAY, MINUTE_MS)
    expect(visor.asked).toHaveLength(50)
    expect(visor.asked[0]?.name).toBe('last.example')
    expect(visor.state.reports({ limit: 1 })[0]?.why).toMatch(/^21 more vhosts had none/)
  })

  it('of a part that cannot be made hold back no others, which are made and sent once', async () => {
    const visor = life({ daily: { every: '5m', each: 'vhost', receivers: 'ops' } })
    visor.vhosts = ['a.example', 'b.example', 'c.example']
    visor.failure = new Error('out of memory')
    visor.fails = ({ name }) => name === 'b.example'
    visor.start()
    await visor.pass(5 * MINUTE_MS + DELAY)
    expect(visor.runs().toSorted()).toEqual(['06:05:00 sent a.example', '06:05:00 sent c.example'])
    for (const { notification } of visor.state.outbox())
      visor.state.tried(testRecord(notification.id, { receiver: 'ops' }))
    // As by kill -9.
    visor.start()
    await visor.pass(4 * MINUTE_MS)
    const first = visor.asked
      .filter(({ to }) => toMillis(to) === START + 5 * MINUTE_MS)
      .map(({ name }) => name)
    expect([first.filter(name => name !== 'b.example'), first.length > 5]).toEqual([
      ['a.example', 'c.example'],
      true
    ])
    expect(visor.state.outbox()).toEqual([])
    await visor.pass(MINUTE_MS + 11 * SECOND_MS)
    const runs = visor.runs().toSorted()
    expect(runs).toEqual([
      '06:05:00 failed b.example',
      '06:05:00 sent a.example',
      '06:05:00 sent c.example',
      '06:10:00 sent a.example',
      '06:10:00 sent c.example'
    ])
    visor.failure = undefined
    await visor.pass(11 * SECOND_MS)
    expect(visor.runs()).toContain('06:10:00 sent b.example')
    expect(visor.state.outbox()).toHaveLength(3)
  })

  it('of a part say nothing of sources that are not its own', async () => {
    const visor = life({
      source: { every: '1m', each: 'source', receivers: 'ops' },
      vhost: { every: '1m', each: 'vhost', receivers: 'ops' }
    })
    visor.vhosts = ['a.example']
    visor.unread = ['web is 3 MB behind']
    visor.start()
    await visor.pass(2 * MINUTE_MS + DELAY)
    const whys = visor.state.reports({ limit: 10 }).map(({ part, why }) => [part, why])
    expect(Object.fromEntries(whys)).toEqual({
      web: 'not all lines were read yet: web is 3 MB behind',
      api: undefined,
      'a.example': 'not all lines were read yet'
    })
  })

  it('begin anew when their dates are changed, or the clock was set', async () => {
    const visor = life({ fast: { every: '1m' } })
    visor.state.commitReports({
      schedule: { name: 'fast', recurrence: 'every 7m', handled: START - 30 * DAY_MS },
      runs: [],
      notifications: []
    })
    visor.start()
    await visor.pass(MINUTE_MS + DELAY)
    expect(visor.runs()).toEqual(['06:01:00 sent'])
    visor.now -= 300 * DAY_MS
    visor.start()
    await visor.pass(MINUTE_MS)
    expect(visor.runs()).toHaveLength(2)
  })
})

describe('a time without Visor', () => {
  it('gives one report, of the newest interval, which names those that are missing', async () => {
    const visor = life({ fast: { every: '5m' } })
    visor.start()
    await visor.pass(5 * MINUTE_MS + DELAY)
    await visor.down(HOUR_MS)
    await visor.pass(MINUTE_MS)
    expect(visor.runs()).toEqual(['06:05:00 sent', '06:10:00 missed 11', '07:05:00 sent'])
    expect(visor.state.reports({ schedule: 'fast', limit: 2 })[1]).toMatchObject({
      id: 'fast-20261130T061000Z-missed',
      why: 'Visor did not run'
    })
    expect(visor.state.reportDocument('fast-20261130T070500Z')?.facts.at(-1)?.text).toMatch(
      /^11 reports, of 2026-11-30 .* to 2026-11-30 .*: Visor did not run$/
    )
  })

  it('never makes a report twice, nor loses one, wherever it ends', async () => {
    const steps = array(
      record({ up: integer({ min: 0, max: 900 }), down: integer({ min: 0, max: 2000 }), busy: boolean() }),
      { minLength: 1, maxLength: 8 }
    )
    await assert(
      asyncProperty(constantFrom('1m', '7m', '20m'), steps, async (every, steps) => {
        const visor = life({ fast: { every, receivers: 'ops' } })
        visor.start()
        for (const { up, down, busy } of steps) {
          visor.unread = busy ? ['web is behind'] : []
          await visor.pass(up * SECOND_MS, 3 * SECOND_MS)
          await visor.down(down * SECOND_MS)
        }
        visor.unread = []
        await visor.pass(DELAY + 6 * SECOND_MS)
        const { dates } = visor.schedule('fast')
        const all: Millis[] = []
        for (let date = dates.next(START); date <= visor.now - DELAY; date = dates.next(date)) all.push(date)
        const runs = visor.state.reports({ limit: 1000 })
        const sent = runs.filter(({ state }) => state === 'sent').map(({ due }) => due)
        const missed = runs.reduce((sum, run) => sum + (run.missed?.count ?? 0), 0)
        expect(new Set(sent).size).toBe(sent.length)
        expect(sent.length + missed).toBe(all.length)
        for (const due of sent) expect(all).toContain(due)
        expect(visor.state.outbox()).toHaveLength(sent.length)
      }),
      { seed: 5, numRuns: 40 }
    )
  })
})

describe('a report that is asked for', () => {
  it('is of what has passed since the last date, and is sent only where that is wanted', async () => {
    const visor = life({ fast: { every: '5m', receivers: 'ops' } })
    const runner = visor.start()
    visor.now += 7 * MINUTE_MS
    const [shown] = await runner.now(visor.schedule('fast'), false)
    expect(shown?.run).toMatchObject({
      id: 'fast-20261130T060700Z-now',
      manual: true,
      interval: { from: START + 5 * MINUTE_MS, to: visor.now }
    })
    expect([visor.runs(), visor.state.outbox()]).toEqual([[], []])
    await runner.now(visor.schedule('fast'), true)
    expect(visor.runs()).toEqual(['06:07:00 sent'])
    expect(visor.state.outbox()).toHaveLength(1)
  })
})

function isoOf(time: number): string {
  return new Date(toMillis(time)).toISOString().slice(0, 16)
}
