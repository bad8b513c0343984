import { setTimeout } from 'node:timers/promises'
import { Consumer } from '@platformatic/kafka'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kafkaMissing, startBroker, type Broker } from '../../../test/kafka.ts'
import { seeded } from '../../generator/random.ts'
import { Membership, SESSION_TIMEOUT } from './membership.ts'
import { produce } from './testing/produce.ts'
import { Reading, until } from './testing/reading.ts'

describe('a membership', () => {
  it('is certain for as long as nobody can have been given its partitions', () => {
    let now = 1e12
    const membership = new Membership(
      'visor-1',
      () => now,
      () => 0
    )
    expect(membership.certain).toBe(false)
    membership.confirm()
    now += SESSION_TIMEOUT - 1
    expect(membership.certain).toBe(true)
    now += 1
    expect(membership.certain).toBe(false)
  })
})

describe.skipIf(kafkaMissing).concurrent(`a group (${kafkaMissing ?? 'Java, and Kafka by Maven'})`, () => {
  let broker: Broker
  beforeAll(async () => {
    broker = await startBroker()
  })
  afterAll(() => broker[Symbol.asyncDispose]())

  const partitions = 6

  /** Numbered lines, some messages of several lines, until it is stopped; gives how many. */
  function numbering(topic: string): { stop(): Promise<number> } {
    const random = seeded(1)
    let stopped = false
    const sent = (async () => {
      let next = 0
      for (; !stopped; await setTimeout(5)) {
        const messages = Array.from({ length: 20 }, () => {
          const lines = Array.from({ length: 1 + Math.floor(random() * 5) }, () => `line ${next++}`)
          return { value: lines.join('\n'), partition: Math.floor(random() * partitions) }
        })
        await produce(broker, topic, messages, 'zstd')
      }
      return next
    })()
    return {
      stop() {
        stopped = true
        return sent
      }
    }
  }

  function holds(reading: Reading, count: number): boolean {
    return reading.source.partitions().filter(({ open }) => open).length === count
  }

  it.each([
    ['at once', 0, undefined],
    ['piece by piece, after a while', 200, 300]
  ])(
    'has each line once where members come and go that store what they read %s',
    async (_, storing, piece) => {
      const topic = `storing-${storing}`
      await broker.createTopic(topic, partitions)
      const configured = { brokers: [broker.address], topics: [topic], group: topic }
      const options = { storing, ...(piece !== undefined && { piece }) }
      const join = (): Reading => new Reading(configured, options)
      const producing = numbering(topic)
      const first = join()
      await until(
        () => holds(first, 6),
        () => first.problems
      )
      const second = join()
      await until(
        () => holds(first, 3) && holds(second, 3),
        () => [first.source.state(), second.source.state()]
      )
      const third = join()
      await until(
        () => [first, second, third].every(one => holds(one, 2)),
        () => third.problems
      )
      await first.stop()
      await until(
        () => holds(second, 3) && holds(third, 3),
        () => second.source.state()
      )
      const again = new Reading(configured, { ...options, known: [...first.positions.values()] })
      await until(
        () => [second, third, again].every(one => holds(one, 2)),
        () => again.problems
      )
      await Promise.all([second.stop(), third.stop()])
      await until(
        () => holds(again, 6),
        () => again.source.state()
      )
      const sent = await producing.stop()
      const numbers = (): number[] => [first, second, third, again].flatMap(one => one.numbers)
      await until(
        () => numbers().length >= sent,
        () => [numbers().length, sent]
      )
      await again.stop()
      expect(numbers().toSorted((a, b) => a - b)).toEqual(Array.from({ length: sent }, (_, i) => i))
      for (const one of [second, third, again]) expect(one.lines.length).toBeGreaterThan(0)
      expect([first, second, third, again].flatMap(one => one.problems)).toEqual([])
    }
  )

  it('goes on in the middle of a message', async () => {
    await broker.createTopic('middle', 2)
    const message = (partition: number) => ({
      value: Array.from({ length: 20_000 }, (_, i) => `line ${2 * i + partition}`).join('\n'),
      partition
    })
    await produce(broker, 'middle', [message(0), message(1)])
    const configured = { brokers: [broker.address], topics: ['middle'], group: 'middle' }
    const first = new Reading(configured, { piece: 300 })
    await until(
      () => first.lines.length > 0,
      () => first.problems
    )
    const second = new Reading(configured)
    await until(
      () => second.lines.length > 0,
      () => second.problems
    )
    await first.stop()
    await until(
      () => first.lines.length + second.lines.length >= 40_000,
      () => second.problems
    )
    await second.stop()
    const numbers = [...first.numbers, ...second.numbers].toSorted((a, b) => a - b)
    expect(numbers).toEqual(Array.from({ length: 40_000 }, (_, i) => i))
  })

  it('knows who comes back, and is not confused by a copy of a store', async () => {
    await broker.createTopic('copied', 2)
    await produce(broker, 'copied', ['a', { value: 'b', partition: 1 }])
    const configured = { brokers: [broker.address], topics: ['copied'], group: 'copied' }
    const first = new Reading(configured)
    await until(
      () => first.lines.length === 2,
      () => first.problems
    )
    const known = await first.stop()
    const again = new Reading(configured, { known })
    await until(
      () => holds(again, 2),
      () => again.problems
    )
    expect(namesIn(again)).toEqual(namesIn(first))
    const copy = new Reading(configured, { known })
    await until(
      () => holds(again, 1) && holds(copy, 1),
      () => [again.source.state(), copy.source.state()]
    )
    await produce(broker, 'copied', ['c', { value: 'd', partition: 1 }])
    await until(
      () => again.lines.length + copy.lines.length === 2,
      () => [again.lines, copy.lines]
    )
    await Promise.all([again.stop(), copy.stop()])
    expect([...again.lines, ...copy.lines].toSorted()).toEqual(['c', 'd'])
    expect(new Set([...namesIn(again), ...namesIn(copy)]).size).toBe(2)
  })

  /** What the group knows it by, as its positions have it. */
  function namesIn(reading: Reading): Set<unknown> {
    return new Set(Array.from(reading.positions.values(), ({ position }) => position['member']))
  }

  it('shows the reader which streams are over', async () => {
    await broker.createTopic('over', 2)
    const configured = { brokers: [broker.address], topics: ['over'], group: 'over' }
    const first = new Reading(configured)
    await until(
      () => holds(first, 2),
      () => first.problems
    )
    const second = new Reading(configured)
    await until(
      () => holds(second, 1) && first.finished.size === 1,
      () => second.problems
    )
    const [given] = first.finished
    expect(second.source.partitions().map(({ id }) => id)).toEqual([given?.id])
    await second.stop()
    await until(
      () => holds(first, 2),
      () => first.problems
    )
    await first.stop()
  })

  it('waits for the store before partitions are revoked', async () => {
    await broker.createTopic('slow', 2)
    const configured = { brokers: [broker.address], topics: ['slow'], group: 'slow' }
    const first = new Reading(configured, { storing: Infinity })
    await produce(broker, 'slow', [{ value: 'a' }, { value: 'b', partition: 1 }])
    await until(
      () => first.lines.length === 2,
      () => first.problems
    )
    const second = new Reading(configured)
    await until(
      () => first.source.partitions().some(({ open }) => !open),
      () => first.source.state()
    )
    await setTimeout(300)
    expect(holds(second, 1)).toBe(false)
    for (const { id, position } of first.positions.values()) first.source.committed(id, position)
    await until(
      () => holds(second, 1),
      () => second.problems
    )
    await Promise.all([first.stop(), second.stop()])
    expect(second.lines).toEqual([])
  })

  it('that assigns partitions in another way is reported', async () => {
    await broker.createTopic('other', 1)
    const other = new Consumer({
      clientId: 'visor-test',
      bootstrapBrokers: [broker.address],
      groupId: 'other'
    })
    other.topics.track('other')
    await other.joinGroup({})
    const reading = new Reading({ brokers: [broker.address], topics: ['other'], group: 'other' })
    await until(
      () => reading.problems.length > 0,
      () => reading.source.state()
    )
    expect(reading.problems).toEqual([
      `kafka ${broker.address}, group other: its other members assign partitions in another way (INCONSISTENT_GROUP_PROTOCOL); use a group that only Visors are in; it is tried again`
    ])
    await produce(broker, 'other', ['a'])
    await other.close(true)
    await until(
      () => reading.lines.length === 1,
      () => reading.problems
    )
    expect(reading.problems).toEqual([])
    await reading.stop()
  })
})
