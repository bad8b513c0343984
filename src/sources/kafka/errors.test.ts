import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kafkaMissing, startBroker, STRICT, type Broker } from '../../../test/kafka.ts'
import { freePort } from '../../../test/port.ts'
import { positionAccount } from '../index.ts'
import { asAdmin, forbid, permit, removeBefore } from './testing/admin.ts'
import { produce } from './testing/produce.ts'
import { Reading, until } from './testing/reading.ts'

/** Waits until a source reports just this. */
async function reports(reading: Reading, problem: string): Promise<void> {
  await until(
    () => reading.problems.includes(problem),
    () => reading.problems
  )
}

async function has(reading: Reading, ...lines: string[]): Promise<void> {
  await until(
    () => reading.lines.length >= lines.length,
    () => [reading.lines, reading.problems]
  )
  expect(reading.lines).toEqual(lines)
}

it('no broker: is reported, and does not hold up the end', async () => {
  const address = `127.0.0.1:${await freePort()}`
  const reading = new Reading({ brokers: [address], topics: ['access'] })
  await reports(
    reading,
    `kafka ${address}: does not answer: connection refused (ECONNREFUSED); it is tried again`
  )
  expect(reading.source.state()).toBe(`kafka ${address}, group ${reading.group}, 0 of 0 partitions`)
  await reading.stop()
})

describe.skipIf(kafkaMissing)(`a real broker (${kafkaMissing ?? 'Java, and Kafka by Maven'})`, () => {
  let broker: Broker
  beforeAll(async () => {
    broker = await startBroker({ properties: STRICT })
  })
  afterAll(() => broker[Symbol.asyncDispose]())

  const configured = (topic: string) => ({ brokers: [broker.address], topics: [topic] })

  describe.concurrent('that does not do what it is asked', () => {
    it('has no such topic: it is read when it is created, the others meanwhile', async () => {
      await broker.createTopic('there', 1)
      await produce(broker, 'there', ['a'])
      await using reading = new Reading({
        brokers: [broker.address],
        topics: ['there', 'missing'],
        start: 'latest'
      })
      await reports(
        reading,
        `kafka ${broker.address}, topic missing: there is none of this name; it is read when it is created; it is tried again`
      )
      await until(
        () => reading.positions.size === 1,
        () => reading.problems
      )
      await broker.createTopic('missing', 1)
      await produce(broker, 'missing', ['b'])
      await has(reading, 'b')
      expect(reading.problems).toEqual([])
    })

    it('has no topic that follows the pattern', async () => {
      const reading = new Reading({ brokers: [broker.address], pattern: 'web-[a-z]+' })
      await reports(
        reading,
        `kafka ${broker.address}, topics: none follows web-[a-z]+ yet; it is tried again`
      )
      for (const topic of ['web-access', 'web-1', 'not-web-access']) {
        await broker.createTopic(topic, 1)
        await produce(broker, topic, [topic])
      }
      await has(reading, 'web-access')
      expect(reading.problems).toEqual([])
      await reading.stop()
    })

    it('has deleted the topic, and created it anew', async () => {
      await broker.createTopic('deleted', 1)
      await produce(broker, 'deleted', ['a', 'b'])
      await using reading = new Reading(configured('deleted'))
      await has(reading, 'a', 'b')
      await asAdmin(broker, async admin => admin.deleteTopics({ topics: ['deleted'] }))
      await until(
        () => reading.problems.some(problem => /deleted/.test(problem)),
        () => reading.source.state()
      )
      await until(
        () => reading.source.state().includes('0 of 0 partitions'),
        () => reading.source.state()
      )
      await broker.createTopic('deleted', 1)
      await produce(broker, 'deleted', ['c'])
      await has(reading, 'a', 'b', 'c')
      expect(reading.problems).toEqual([])
    })

    it('has another topic of the same name: it is read from its beginning', async () => {
      await broker.createTopic('anew', 1)
      await produce(broker, 'anew', ['a', 'b'])
      const first = new Reading({ ...configured('anew'), group: 'anew' })
      await has(first, 'a', 'b')
      const known = await first.stop()
      await asAdmin(broker, async admin => admin.deleteTopics({ topics: ['anew'] }))
      await broker.createTopic('anew', 1)
      await produce(broker, 'anew', ['c', 'd', 'e'])
      await using reading = new Reading({ ...configured('anew'), group: 'anew', start: 'latest' }, { known })
      await has(reading, 'c', 'd', 'e')
    })

    it('has removed messages before they were read: they are counted, and what is left is read', async () => {
      await broker.createTopic('removed', 1)
      await produce(broker, 'removed', ['0', '1', '2', '3', '4'])
      const first = new Reading(configured('removed'))
      await has(first, '0', '1', '2', '3', '4')
      const [stream] = await first.stop()
      if (!stream) throw new Error('there is no stream')
      await removeBefore(broker, 'removed', 3)
      const known = [{ ...stream, position: { ...stream.position, message: 1 } }]
      await using reading = new Reading(configured('removed'), { known })
      await has(reading, '3', '4')
      expect(reading.problems).toEqual([
        `kafka ${broker.address}, removed/0: messages 1 to 2 were removed before they were read`
      ])
      expect(reading.source.state()).toMatch(/, 2 messages removed before they were read$/)
      const [after] = reading.positions.values()
      expect(after && positionAccount(after.position)).toMatchObject({ read: 3, passed: 0, lost: 2 })
    })

    it('has fewer messages than were read: reading goes on at the end', async () => {
      await broker.createTopic('shorter', 1)
      await produce(broker, 'shorter', ['0', '1', '2'])
      const first = new Reading(configured('shorter'))
      await has(first, '0', '1', '2')
      const [stream] = await first.stop()
      if (!stream) throw new Error('there is no stream')
      const known = [{ ...stream, position: { ...stream.position, message: 1000, epoch: -1 } }]
      await using reading = new Reading(configured('shorter'), { known })
      await reports(
        reading,
        `kafka ${broker.address}, shorter/0: it ends before message 3, though 999 was read; goes on there`
      )
      await produce(broker, 'shorter', ['3'])
      await has(reading, '3')
    })

    it.each([
      ['TOPIC', 'DESCRIBE', 'topic unseen', 'this user may not see it (TOPIC_AUTHORIZATION_FAILED)'],
      ['TOPIC', 'READ', 'unread/0', 'this user may not read it (TOPIC_AUTHORIZATION_FAILED)'],
      ['GROUP', 'READ', 'group not-ours', 'this user may not be in it (GROUP_AUTHORIZATION_FAILED)']
    ] as const)('forbids a %s to %s, until it does not', async (type, operation, what, problem) => {
      const name = /[\w-]+(?=$|\/)/.exec(what)?.[0] ?? ''
      const forbidden = { type, name, operation }
      await broker.createTopic(name, 1)
      await produce(broker, name, ['a'])
      await forbid(broker, forbidden)
      const reading = new Reading({ ...configured(name), group: name })
      await reports(reading, `kafka ${broker.address}, ${what}: ${problem}; it is tried again`)
      await permit(broker, forbidden)
      await has(reading, 'a')
      expect(reading.problems).toEqual([])
      await reading.stop()
    })
  })

  describe('that comes and goes', () => {
    it('is waited for at the start', async () => {
      const port = await freePort()
      const reading = new Reading({ brokers: [`127.0.0.1:${port}`], topics: ['late'] })
      await until(
        () => reading.problems.length > 0,
        () => reading.source.state()
      )
      await using late = await startBroker({ port })
      await late.createTopic('late', 1)
      await produce(late, 'late', ['a'])
      await has(reading, 'a')
      await reading.stop()
    })

    it.each(['kill', 'stop'] as const)('has each line once and in order after %s and start', async end => {
      const topic = `after-${end}`
      await broker.createTopic(topic, 1)
      const lines = Array.from({ length: 3000 }, (_, i) => `line ${i}`)
      await produce(broker, topic, lines.slice(0, 1000))
      await using reading = new Reading(configured(topic), { piece: 300 })
      await until(
        () => reading.lines.length > 100,
        () => reading.problems
      )
      await broker[end]()
      await until(
        () => reading.problems.length > 0,
        () => reading.source.state()
      )
      expect(reading.problems[0]).toMatch(
        /^kafka 127\.0\.0\.1:\d+(, .*)?: (does not answer: |has closed the connection).*; it is tried again$/
      )
      await broker.start()
      await produce(broker, topic, lines.slice(1000, 2000))
      await until(
        () => reading.lines.length >= 2000,
        () => [reading.lines.length, reading.problems]
      )
      await produce(broker, topic, lines.slice(2000))
      await has(reading, ...lines)
      await until(
        () => reading.problems.length === 0,
        () => reading.problems
      )
    })

    it('has lost what was read, and has other messages in its place: they are read', async () => {
      await broker.createTopic('lost', 1)
      await produce(broker, 'lost', ['a', 'b', 'c'])
      const first = new Reading({ ...configured('lost'), group: 'lost' })
      await has(first, 'a', 'b', 'c')
      const known = await first.stop()
      await broker.stop()
      broker.loseMessages('lost')
      await broker.start()
      await produce(broker, 'lost', ['d', 'e', 'f', 'g', 'h'])
      await using reading = new Reading({ ...configured('lost'), group: 'lost' }, { known })
      await has(reading, 'd', 'e', 'f', 'g', 'h')
      expect(reading.problems[0]).toBe(
        `kafka ${broker.address}, lost/0: messages from 0 on were lost by the brokers; others have taken their place`
      )
    })
  })
})
