import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Transition } from '../alerts/model.ts'
import type { Act } from '../core/act.ts'
import { DAY_MS, HOUR_MS } from '../core/time.ts'
import type { ReportDocument } from '../reports/block.ts'
import type { ReportRun } from '../reports/run.ts'
import { accessContract } from './testing/access-contract.ts'
import { outboxContract } from './testing/outbox-contract.ts'
import { testAlert, testChanges, testNotification, testRecord } from './testing/samples.ts'
import type { StateStore } from './types.ts'

/** What every StateStore holds to. */
export function stateContract(name: string, open: () => StateStore): void {
  let state: StateStore
  beforeEach(() => {
    state = open()
  })
  afterEach(() => state.close())

  describe(`${name}: alerts`, () => {
    it('come back as they were written last, with groups, receivers and silences', () => {
      const pending = testAlert('p', { phase: 'pending', since: 900.125 })
      const silence = { id: 's', query: 'rule:x', author: 'me', reason: 'x', created: 1, ends: 2 }
      state.commit(
        testChanges({
          alerts: [testAlert('a'), pending],
          groups: [
            { id: 'g', data: { open: ['a'] } },
            { id: 'h', data: 1 }
          ],
          receivers: [{ id: 'mail', data: [1] }]
        })
      )
      state.addSilence(silence)
      const acknowledged = testAlert('a', { acknowledged: { owner: 'me', comment: '', at: 7 } })
      state.commit(testChanges({ alerts: [acknowledged], groups: [{ id: 'h', data: undefined }] }))
      expect(state.load()).toEqual({
        alerts: [pending, acknowledged],
        groups: [{ id: 'g', data: { open: ['a'] } }],
        receivers: [{ id: 'mail', data: [1] }],
        silences: [silence]
      })
    })

    it('that are over are history only, those that calmed down are nothing', () => {
      const over = testAlert('over', { phase: 'resolved', resolved: 4000 })
      state.commit(testChanges({ alerts: [testAlert('over'), testAlert('calm', { phase: 'pending' })] }))
      state.commit(testChanges({ alerts: [over], dropped: ['calm'] }))
      expect(state.load().alerts).toEqual([])
      expect(state.alerts({ limit: 10 })).toEqual([over])
    })

    it('are found by their id or an unambiguous beginning', () => {
      const ids = ['errors-ab', 'errors-abc', 'errors-b%']
      state.commit(testChanges({ alerts: ids.map(id => testAlert(id)) }))
      const found = ['errors-ab', 'errors-abc', 'errors-b', 'errors-a', 'errors-%', 'rrors', ''].map(
        id => state.alert(id)?.id
      )
      expect(found).toEqual([
        'errors-ab',
        'errors-abc',
        'errors-b%',
        undefined,
        undefined,
        undefined,
        undefined
      ])
    })
  })

  describe(`${name}: history`, () => {
    const alerts = [1, 2, 3, 4].map(n =>
      testAlert(`a${n}`, {
        since: n * 100,
        rule: n % 2 ? 'odd' : 'even',
        ...(n === 3 && { phase: 'resolved', resolved: 350 })
      })
    )
    const transitions = alerts.map(({ id, rule, key, since }): Transition => ({
      at: since,
      alert: id,
      rule,
      key,
      what: 'fired',
      summary: ''
    }))
    beforeEach(() => state.commit(testChanges({ alerts, transitions })))

    it.each([
      [{ limit: 10 }, ['a4', 'a3', 'a2', 'a1']],
      [{ limit: 2 }, ['a4', 'a3']],
      [{ limit: 0 }, []],
      [{ limit: -1 }, []],
      [{ limit: 10, rule: 'odd' }, ['a3', 'a1']],
      [{ limit: 10, since: 300 }, ['a4', 'a3']],
      [{ limit: 10, until: 300 }, ['a2', 'a1']],
      [{ limit: 10, since: 200, until: 400 }, ['a3', 'a2']],
      [{ limit: 10, alert: 'a2' }, ['a2']],
      [{ limit: 10, alert: 'a2', rule: 'odd' }, []]
    ])('of %o', (query, expected) => {
      expect(state.alerts(query).map(({ id }) => id)).toEqual(expected)
      expect(state.transitions(query).map(({ alert }) => alert)).toEqual(expected)
    })

    it('of alerts of one phase', () => {
      expect(state.alerts({ limit: 10, phase: 'resolved' }).map(({ id }) => id)).toEqual(['a3'])
      expect(state.alerts({ limit: 10, phase: 'firing', rule: 'odd' }).map(({ id }) => id)).toEqual(['a1'])
    })

    it('of alerts that were not over at some time', () => {
      const found = (lasting: number): string[] =>
        state.alerts({ limit: 10, until: 400, lasting }).map(({ id }) => id)
      expect([found(350), found(351)]).toEqual([
        ['a3', 'a2', 'a1'],
        ['a2', 'a1']
      ])
    })

    it('of deliveries, by the alerts that they are about', () => {
      const [first, second, third] = alerts
      if (!first || !second || !third) throw new Error('no alerts')
      const notifications = [
        testNotification('n1', { firing: [first], resolved: [second] }),
        testNotification('n2', { firing: [third] }),
        testNotification('n3')
      ]
      state.commit(testChanges({ notifications }))
      for (const [i, { id }] of notifications.entries()) state.tried(testRecord(id, { at: i }))
      const found = (query: object): string[] =>
        state.deliveries({ limit: 10, ...query }).map(({ notification }) => notification)
      expect(found({})).toEqual(['n3', 'n2', 'n1'])
      expect(found({ alert: 'a2' })).toEqual(['n1'])
      expect(found({ rule: 'odd' })).toEqual(['n2', 'n1'])
      expect(found({ rule: 'odd', since: 1 })).toEqual(['n2'])
    })

    it('is forgotten from before a moment, but what is not over', () => {
      state.addSilence({ id: 's', query: '', author: '', reason: '', created: 0, ends: 300 })
      state.commit(
        testChanges({ notifications: [testNotification('old', { created: 1 }), testNotification('new')] })
      )
      state.tried(testRecord('new', { at: 10 }))
      state.forget(351)
      expect(state.alerts({ limit: 10 }).map(({ id }) => id)).toEqual(['a4', 'a2', 'a1'])
      expect(state.transitions({ limit: 10 }).map(({ alert }) => alert)).toEqual(['a4'])
      expect([state.silences(), state.deliveries({ limit: 10 })]).toEqual([[], []])
      expect(state.outbox().map(({ notification }) => notification.id)).toEqual(['old'])
    })
  })

  describe(`${name}: when Visor ran`, () => {
    it('is known as far as it was noted, until it is forgotten', () => {
      for (const [since, now] of [
        [100, 100],
        [100, 250],
        [300, 300],
        [300, 300.5]
      ] as const)
        state.watching(since, now)
      const between = (from: number, to: number): number[][] =>
        state.watched({ from, to }).map(({ from, to }) => [from, to])
      expect(between(0, 1000)).toEqual([
        [100, 250],
        [300, 300.5]
      ])
      expect([between(0, 100), between(251, 300), between(250, 251)]).toEqual([[], [], [[100, 250]]])
      state.forget(260)
      expect(between(0, 1000)).toEqual([[300, 300.5]])
    })
  })

  describe(`${name}: what users ask for`, () => {
    it('ends silences once', () => {
      const silence = { id: 's', query: '', author: '', reason: '', created: 5, ends: 100 }
      state.addSilence(silence)
      expect([state.endSilence('t', 50), state.endSilence('s', 50), state.endSilence('s', 60)]).toEqual([
        false,
        true,
        false
      ])
      expect(state.silences()).toEqual([{ ...silence, ends: 50 }])
    })

    it('gives each acknowledgement once, in order', () => {
      const request = (alert: string) => ({ alert, owner: 'me', comment: '', at: 1 })
      state.acknowledge(request('b'))
      state.acknowledge({ ...request('a'), undo: true })
      expect(state.takeAcknowledgements()).toEqual([request('b'), { ...request('a'), undo: true }])
      expect(state.takeAcknowledgements()).toEqual([])
      state.commit(testChanges({ alerts: [testAlert('a')] }))
      state.acknowledge(request('c'))
      expect(state.takeAcknowledgements()).toEqual([request('c')])
    })

    it('takes addresses off a schedule, in whatever letters, once, and back', () => {
      const me = { schedule: 'daily', address: 'Me@Example.org' }
      state.unsubscribe({ ...me, at: 5 })
      state.unsubscribe({ ...me, address: 'me@example.ORG', at: 9 })
      state.unsubscribe({ ...me, schedule: 'a', at: 7 })
      const off = [
        { schedule: 'a', address: 'me@example.org', at: 7 },
        { schedule: 'daily', address: 'me@example.org', at: 5 }
      ]
      expect(state.unsubscribed()).toEqual(off)
      state.forget(1e15)
      expect(state.unsubscribed()).toEqual(off)
      expect([state.resubscribe(me), state.resubscribe(me)]).toEqual([true, false])
      expect(state.unsubscribed()).toEqual(off.slice(0, 1))
    })

    it('keeps a secret for each name', () => {
      const secret = state.secret('links')
      expect(secret).toHaveLength(32)
      expect(state.secret('links')).toEqual(secret)
      expect(state.secret('other')).not.toEqual(secret)
    })
  })

  describe(`${name}: reports`, () => {
    const run = (id: string, due: number, more: Partial<ReportRun> = {}): ReportRun => ({
      id,
      schedule: 'daily',
      due,
      at: due + 1,
      zone: 'UTC',
      state: 'sent',
      notifications: [],
      ...more
    })
    const document: ReportDocument = {
      subject: 'all quiet',
      verdict: { tone: 'success', sentence: 'Nothing is wrong.' },
      period: { from: 0, to: 1, zone: 'UTC' },
      facts: [],
      blocks: [
        {
          type: 'table',
          name: 'clients',
          title: 'Clients',
          columns: [{ label: 'client', unit: 'log' }],
          rows: [{ cells: [undefined] }, { cells: ['\u2028'] }]
        }
      ]
    }
    const commit = (...runs: ReportRun[]): void =>
      state.commitReports({
        runs: runs.map(run => ({ run, document, expires: run.due + 100 })),
        notifications: []
      })
    const ids = (query: object = {}): string[] => state.reports({ limit: 1000, ...query }).map(({ id }) => id)

    it('come back with what they say, the newest date first', () => {
      commit(run('a', 10), run('b', 30), run('c', 20, { schedule: 'weekly', part: 'shop.example' }))
      expect(ids()).toEqual(['b', 'c', 'a'])
      expect([ids({ schedule: 'weekly' }), ids({ since: 20 }), ids({ limit: 1 })]).toEqual([
        ['c'],
        ['b', 'c'],
        ['b']
      ])
      expect(state.report('c')).toEqual(run('c', 20, { schedule: 'weekly', part: 'shop.example' }))
      expect(state.reportDocument('c')).toStrictEqual(document)
      expect([state.report('d'), state.reportDocument('d')]).toEqual([undefined, undefined])
    })

    it('are written once, with what is sent and how far the schedule has come', () => {
      const changes = {
        schedule: { name: 'daily', recurrence: 'every 1d', handled: 10 },
        runs: [{ run: run('a', 10), expires: 100 }],
        notifications: [testNotification('n')]
      }
      expect(state.schedule('daily')).toBeUndefined()
      state.commitReports(changes)
      state.commitReports({ ...changes, runs: [{ run: run('a', 10, { state: 'failed' }), expires: 100 }] })
      expect(state.reports({ limit: 10 })).toEqual([run('a', 10)])
      expect(state.outbox().map(({ notification }) => notification.id)).toEqual(['n'])
      expect(state.schedule('daily')).toMatchObject({ recurrence: 'every 1d', handled: 10 })
      expect(state.reportDocument('a')).toBeUndefined()
      expect(state.load().groups).toEqual([])
    })

    it('are forgotten when they expire, and all but the newest 500 of each part', () => {
      commit(run('old', 1), ...Array.from({ length: 501 }, (_, i) => run(`r${i}`, 1000 + i)))
      commit(run('other', 1000, { part: 'shop.example' }))
      state.forgetReports(200)
      expect(ids()).toHaveLength(501)
      expect(ids()).not.toContain('old')
      expect(ids()).not.toContain('r0')
      expect(ids()).toContain('other')
    })
  })

  describe(`${name}: the audit log`, () => {
    const act = (at: number, more: Partial<Act> = {}): Act => {
      return { at, what: 'silence', name: 'ada', role: 'act', from: '192.0.2.1', result: 'done', ...more }
    }

    it('has what was done, the newest first', () => {
      for (const at of [1, 3, 2]) state.addAct(act(at))
      state.addAct(act(4, { name: 'bob' }))
      expect(state.acts({ limit: 9 }).map(({ at }) => at)).toEqual([4, 3, 2, 1])
      expect(state.acts({ limit: 1 })).toEqual([act(4, { name: 'bob' })])
      expect(state.acts({ limit: 9, since: 2, name: 'ada' }).map(({ at }) => at)).toEqual([3, 2])
    })

    it('counts the same that is refused within an hour as one, and what is done never', () => {
      const refused = (at: number, more: Partial<Act> = {}): Act => act(at, { result: 'refused', ...more })
      for (const at of [0, 1000, HOUR_MS]) state.addAct(refused(at, { times: 2 }))
      for (const at of [5, 6]) state.addAct(act(at))
      state.addAct(refused(HOUR_MS, { from: '192.0.2.2' }))
      state.addAct(refused(3 * HOUR_MS))
      expect(state.acts({ limit: 9 })).toEqual([
        refused(3 * HOUR_MS),
        refused(HOUR_MS, { from: '192.0.2.2' }),
        refused(HOUR_MS, { times: 6 }),
        act(6),
        act(5)
      ])
    })

    it('is bounded where anybody can add to it, and by time', () => {
      state.addAct(act(1))
      for (let i = 0; i < 1100; i++) state.addAct(act(2, { result: 'refused', from: String(i) }))
      expect(state.acts({ limit: 10_000 })).toHaveLength(1001)
      state.addAct(act(367 * DAY_MS, { about: 'x'.repeat(9000) }))
      const [last, ...older] = state.acts({ limit: 10_000 })
      expect([last?.about?.length, older]).toEqual([501, []])
    })
  })

  outboxContract(name, open)
  accessContract(name, open)
}
