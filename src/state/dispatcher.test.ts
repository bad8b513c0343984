import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DAY_MS } from '../core/time.ts'
import type { AlertNotification } from '../alerts/model.ts'
import { Refused, type Notifier } from '../notifiers/kind.ts'
import type { DeliveryRecord } from '../alerts/model.ts'
import { Dispatcher, openState, statePath, type StateStore } from './index.ts'
import { TestReceiver, takes } from './testing/receiver.ts'
import { temporaryFolder, testAlert, testChanges, testNotification } from './testing/samples.ts'

let state: StateStore
let dispatcher: Dispatcher
let now = 0
let records: DeliveryRecord[] = []

beforeEach(() => {
  state = openState(undefined)
  now = 10_000
  records = []
})
afterEach(async () => {
  await dispatcher.close()
  state.close()
})

function start(
  receivers: Readonly<Record<string, Notifier>>,
  more: { patience?: number; grace?: number } = {}
): void {
  dispatcher = new Dispatcher({
    state,
    notifiers: new Map(Object.entries(receivers)),
    clock: () => now,
    random: () => 0.5,
    sent: record => records.push(record),
    grace: 0,
    ...more
  })
}

function send(...notifications: readonly AlertNotification[]): void {
  state.commit(testChanges({ notifications }))
  dispatcher.wake()
}

/** Waits until something is so; the test's time limit ends it. */
async function until(is: () => boolean): Promise<void> {
  while (!is()) await new Promise(resolve => setImmediate(resolve))
}

const noted = (count: number): Promise<void> => until(() => records.length >= count)

/** Lets the time pass until the next try is due, and wakes. */
function pass(): void {
  now = state.nextDue(now) ?? now
  dispatcher.wake()
}

describe('sending', () => {
  it('begins before wake returns, and is noted when it is accepted', async () => {
    const mail = new TestReceiver()
    start({ mail })
    const firing = [testAlert('a', { timestamps: { read: 1, counted: 2, fired: 9990.5 } }), testAlert('b')]
    send(testNotification('n', { firing }))
    expect(mail.ids).toEqual(['n'])
    now = 10_040
    mail.calls[0]?.answer({ accepted: ['a@example.org'] })
    await noted(1)
    const record = {
      notification: 'n',
      receiver: 'mail',
      title: 'title of n',
      at: 10_040,
      try: 1,
      state: 'sent',
      summary: 'accepted by a@example.org',
      latency: 49.5
    }
    expect(records).toEqual([record])
    expect([state.deliveries({ limit: 9 }), state.outbox()]).toEqual([[record], []])
    expect(dispatcher.latencies('mail')).toEqual([49.5])
  })

  it('goes on with what a stopped Visor left, and knows how long notifications took', async () => {
    start({ mail: new TestReceiver(takes) })
    send(testNotification('a', { created: 9000 }), testNotification('b', { created: 9500 }))
    await noted(2)
    state.commit(testChanges({ notifications: [testNotification('c')] }))
    await dispatcher.close()
    const mail = new TestReceiver()
    start({ mail })
    dispatcher.wake()
    expect(mail.ids).toEqual(['c'])
    expect(dispatcher.latencies('mail')).toEqual([1000, 500])
  })

  it('lets no receiver wait for another, and four notifications be under way', async () => {
    const slow = new TestReceiver()
    const quick = new TestReceiver(takes)
    start({ slow, quick })
    send(...['s0', 's1', 's2', 's3', 's4', 's5'].map(id => testNotification(id, { receiver: 'slow' })))
    send(...['q0', 'q1', 'q2', 'q3', 'q4', 'q5'].map(id => testNotification(id, { receiver: 'quick' })))
    await noted(6)
    expect(quick.ids).toEqual(['q0', 'q1', 'q2', 'q3', 'q4', 'q5'])
    expect(slow.ids).toEqual(['s0', 's1', 's2', 's3'])
    slow.calls[2]?.answer({ accepted: ['x'] })
    await noted(7)
    expect(slow.ids).toEqual(['s0', 's1', 's2', 's3', 's4'])
  })

  it('keeps the order of a group', async () => {
    const mail = new TestReceiver()
    start({ mail })
    send(
      testNotification('a1', { group: 'a' }),
      testNotification('a2', { group: 'a' }),
      testNotification('b1', { group: 'b' })
    )
    expect(mail.ids).toEqual(['a1', 'b1'])
    mail.calls[0]?.fail(new Error('no'))
    mail.calls[1]?.answer({ accepted: ['x'] })
    await noted(2)
    expect(mail.ids).toEqual(['a1', 'b1'])
    pass()
    mail.calls[2]?.answer({ accepted: ['x'] })
    await until(() => mail.ids.length > 3)
    expect(mail.ids).toEqual(['a1', 'b1', 'a1', 'a2'])
  })

  it('fails for a receiver that is not there any more', async () => {
    start({})
    send(testNotification('a'), testNotification('b', { group: 'group of a' }))
    await noted(2)
    expect(records).toMatchObject([
      { notification: 'a', state: 'failed' },
      { notification: 'b', state: 'failed' }
    ])
    expect(records[0]?.summary).toBe('refused by mail: the configuration has no such receiver any more')
    expect(state.outbox()).toEqual([])
  })
})

describe('trying again', () => {
  it('waits twice as long each time, up to five minutes, and gives up after three days', async () => {
    const mail = new TestReceiver(call => call.fail(new Error('connection refused')))
    start({ mail })
    send(testNotification('n', { created: now }))
    const waits: number[] = []
    for (let count = 1; now < 10_000 + 3 * DAY_MS; count++) {
      await noted(count)
      waits.push((state.nextDue(now) ?? 0) - now)
      expect(dispatcher.health()).toMatchObject({ waiting: 1, oldest: now - 10_000 })
      pass()
    }
    await until(() => records.at(-1)?.state === 'failed')
    expect(waits.slice(0, 12)).toEqual([
      500, 1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000, 150_000, 150_000, 150_000
    ])
    expect(records.at(-1)?.summary).toBe('given up by test: connection refused')
    expect(state.deliveries({ limit: 9 }).map(({ state }) => state)).toEqual(['failed', 'later'])
    expect([state.outbox(), dispatcher.health()]).toEqual([[], { waiting: 0, oldest: 0 }])
  })

  it('is of no use for what is refused', async () => {
    start({ mail: new TestReceiver(call => call.fail(new Refused('no such channel'))) })
    send(testNotification('n'))
    await noted(1)
    expect(records).toMatchObject([{ state: 'failed', summary: 'refused by test: no such channel' }])
    expect(state.outbox()).toEqual([])
  })

  it('leaves out those that have it, and those that will never take it', async () => {
    const mail = new TestReceiver()
    start({ mail })
    send(testNotification('n'))
    const refused = [{ to: 'b', why: '550 unknown' }]
    mail.calls[0]?.answer({ accepted: ['a'], refused, later: [{ to: 'c', why: '451 later' }] })
    await noted(1)
    pass()
    expect(mail.calls[1]?.done).toEqual(['a', 'b'])
    mail.calls[1]?.answer({ later: [{ to: 'c', why: '451 later' }] })
    await noted(2)
    pass()
    mail.calls[2]?.answer({ accepted: ['c'] })
    await noted(3)
    expect(records.map(({ state, summary }) => [state, summary])).toEqual([
      ['partly', 'accepted by a; refused by b: 550 unknown; not yet taken by c: 451 later'],
      ['later', 'not yet taken by c: 451 later'],
      ['partly', 'accepted by c']
    ])
    expect(state.outbox()).toEqual([])
  })

  it('is no failure where all who would get it have unsubscribed', async () => {
    const mail = new TestReceiver()
    start({ mail })
    for (const id of ['one', 'both', 'some']) send(testNotification(id, { group: id }))
    mail.calls[0]?.answer({ unwanted: ['a'] })
    mail.calls[1]?.answer({ unwanted: ['a', 'b'] })
    mail.calls[2]?.answer({ unwanted: ['a'], accepted: ['b'] })
    await noted(3)
    expect(records.map(({ state, summary }) => [state, summary])).toEqual([
      ['unwanted', 'a has unsubscribed'],
      ['unwanted', 'a, b have unsubscribed'],
      ['sent', 'accepted by b; a has unsubscribed']
    ])
    expect(state.outbox()).toEqual([])
  })

  it('follows when a receiver does not answer', async () => {
    const mail = new TestReceiver()
    start({ mail }, { patience: 20 })
    send(testNotification('n'))
    await noted(1)
    expect(records).toMatchObject([
      { state: 'later', summary: 'not yet taken by test: no answer within 20ms' }
    ])
    expect(mail.calls[0]?.signal.aborted).toBe(true)
    mail.calls[0]?.answer({ accepted: ['too late'] })
    pass()
    expect(mail.ids).toEqual(['n', 'n'])
  })

  it('comes of itself when its time has come', async () => {
    let tries = 0
    start({ mail: new TestReceiver(call => (++tries < 2 ? call.fail(new Error('no')) : takes(call))) })
    send(testNotification('n'))
    await noted(1)
    // The timer counts real time, and finds that the clock has come so far.
    now += 500
    await noted(2)
    expect(records.map(({ state }) => state)).toEqual(['later', 'sent'])
  })
})

describe('closing', () => {
  it('waits for what is under way, and begins nothing more', async () => {
    const mail = new TestReceiver()
    start({ mail }, { grace: 60_000 })
    send(testNotification('a', { group: 'g' }), testNotification('b', { group: 'g' }))
    const closed = dispatcher.close()
    mail.calls[0]?.answer({ accepted: ['x'] })
    await closed
    dispatcher.wake()
    expect([mail.ids, records.length]).toEqual([['a'], 1])
    expect(state.outbox().map(({ notification }) => notification.id)).toEqual(['b'])
  })

  it('leaves in the outbox what is not accepted in time', async () => {
    const mail = new TestReceiver()
    start({ mail })
    send(testNotification('a'))
    await dispatcher.close()
    expect(mail.calls[0]?.signal.aborted).toBe(true)
    expect([records, state.deliveries({ limit: 9 })]).toEqual([[], []])
    expect(state.outbox()).toMatchObject([{ notification: { id: 'a' }, tries: 0 }])
  })
})

it('a notification that could not be noted as sent is not sent again while Visor runs', async () => {
  using folder = temporaryFolder()
  const meddle = new DatabaseSync(statePath(folder.path))
  state = openState(folder.path)
  const mail = new TestReceiver(takes)
  start({ mail })
  meddle.exec('alter table deliveries rename to away')
  send(testNotification('n'))
  await until(() => dispatcher.health().why !== undefined)
  expect(dispatcher.health().why).toContain('cannot be read: no such table: deliveries')
  dispatcher.wake()
  meddle.exec('alter table away rename to deliveries')
  meddle.close()
  await noted(1)
  expect(mail.ids).toEqual(['n'])
  expect(dispatcher.health()).toEqual({ waiting: 0, oldest: 0 })
})
