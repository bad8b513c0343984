import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DeliveryRecord } from '../../alerts/model.ts'
import { testChanges, testNotification, testRecord, testReport } from './samples.ts'
import type { StateStore } from '../types.ts'

/** What the outbox of every StateStore holds to. */
export function outboxContract(name: string, open: () => StateStore): void {
  let state: StateStore
  beforeEach(() => {
    state = open()
  })
  afterEach(() => state.close())

  describe(`${name}: the outbox`, () => {
    const ids = (underWay: string[] = [], now = 10_000): string[] =>
      state.due(now, underWay).map(({ notification }) => notification.id)
    const failed = (id: string, due: number, tries: number, more: Partial<DeliveryRecord> = {}): void =>
      state.tried(testRecord(id, { state: 'later', summary: 'no', try: tries, ...more }), {
        done: [],
        refused: [],
        due
      })

    it('gives of each receiver the oldest that is not under way', () => {
      const receivers = ['mail', 'mail', 'slack', 'mail']
      state.commit(
        testChanges({
          notifications: receivers.map((receiver, i) => testNotification(`n${i}`, { receiver }))
        })
      )
      expect(ids()).toEqual(['n0', 'n2'])
      expect(ids(['n0', 'n2'])).toEqual(['n1'])
      expect(ids(['n0', 'n1', 'n2', 'n3'])).toEqual([])
    })

    it('keeps the order of a group while nobody has the one before', () => {
      const group = 'one'
      state.commit(
        testChanges({
          notifications: [
            testNotification('a', { group }),
            testNotification('b', { group }),
            testNotification('c')
          ]
        })
      )
      expect(ids(['a'])).toEqual(['c'])
      failed('a', 20_000, 1)
      expect(ids(['c'])).toEqual([])
      expect([state.nextDue(10_000), state.nextDue(20_000)]).toEqual([20_000, undefined])
      expect(ids(['c'], 20_000)).toEqual(['a'])
      state.tried(testRecord('a', { state: 'partly', try: 2 }), { done: ['x'], refused: ['y'], due: 30_000 })
      expect(ids()).toEqual(['b'])
      expect(state.due(30_000, ['c'])).toMatchObject([
        { notification: { id: 'a' }, done: ['x'], refused: ['y'], tries: 2, due: 30_000, why: 'accepted' }
      ])
    })

    it('tries all that have waited through an outage when it is over, oldest first', () => {
      const notifications = [
        testNotification('poison', { group: 'p' }),
        testNotification('b', { group: 'b' }),
        testNotification('stumbled'),
        testNotification('b2', { group: 'b' }),
        testNotification('other', { receiver: 'slack' })
      ]
      state.commit(testChanges({ notifications }))
      for (const id of ['poison', 'b', 'other']) failed(id, 50_000, 3)
      failed('stumbled', 50_000, 1)
      expect(ids()).toEqual([])
      state.commit(
        testChanges({ notifications: [testNotification('fresh'), testNotification('after', { group: 'p' })] })
      )
      state.tried(testRecord('fresh', { latency: 5 }))
      expect(ids()).toEqual(['poison'])
      expect(ids(['poison'])).toEqual(['b'])
      expect(ids(['poison', 'b'])).toEqual([])
      failed('poison', 50_000, 4)
      // It alone is to blame: its group goes on, and it waits as long as it has to.
      expect(ids(['b'])).toEqual(['after'])
      state.tried(testRecord('b', { latency: 5 }))
      expect(ids(['after'])).toEqual(['b2'])
    })

    it('keeps one line of tries that meet with the same, and one of each other', () => {
      state.commit(testChanges({ notifications: [testNotification('a')] }))
      for (let tries = 1; tries <= 4; tries++)
        failed('a', 0, tries, { at: tries, summary: tries < 4 ? 'refused' : 'slow' })
      state.tried(testRecord('a', { at: 5, try: 5 }))
      expect(state.deliveries({ limit: 10 }).map(record => [record.try, record.summary])).toEqual([
        [5, 'accepted'],
        [4, 'slow'],
        [3, 'refused']
      ])
      expect(state.outbox()).toEqual([])
    })

    it('knows how much waits, since when and why', () => {
      expect(state.backlog()).toEqual({ waiting: 0 })
      const notifications = [testNotification('a', { created: 70 }), testNotification('b', { created: 60 })]
      state.commit(testChanges({ notifications }))
      expect(state.backlog()).toEqual({ waiting: 2, since: 60 })
      failed('b', 50_000, 1, { summary: 'no route' })
      expect(state.backlog()).toEqual({ waiting: 2, since: 60, why: 'no route' })
    })

    it('has reports as they were, what is unknown too, and no alert of theirs', () => {
      const report = testReport('r')
      state.commitReports({ runs: [], notifications: [report] })
      const [outgoing] = state.due(10_000, [])
      expect(outgoing?.notification).toStrictEqual(report)
      state.tried(testRecord('r', { title: report.title }))
      expect([state.outbox(), state.deliveries({ limit: 1 }).length]).toEqual([[], 1])
      expect(state.deliveries({ limit: 1, rule: 'errors' })).toEqual([])
    })

    it('has a notification once', () => {
      state.commit(testChanges({ notifications: [testNotification('a')] }))
      state.commit(
        testChanges({ notifications: [testNotification('a', { title: 'again' }), testNotification('b')] })
      )
      expect(state.outbox().map(({ notification }) => notification.title)).toEqual([
        'title of a',
        'title of b'
      ])
    })
  })
}
