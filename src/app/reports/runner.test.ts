import { array, assert, asyncProperty, boolean, constantFrom, integer, record } from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { VisorError } from '../../core/errors.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, toMillis, type Millis } from '../../core/time.ts'
import { DELAY, endLives, life, START } from './testing/life.ts'

afterEach(endLives)

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
