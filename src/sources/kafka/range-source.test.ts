import { Producer } from '@platformatic/kafka'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kafkaMissing, startBroker, type Broker } from '../../../test/kafka.ts'
import { produce } from './testing/produce.ts'
import { Ranging, rangesOf, readRange } from './testing/ranging.ts'
import { until } from './testing/reading.ts'

describe.skipIf(kafkaMissing)(
  `a member of a group that gives ranges (${kafkaMissing ?? 'Java, and Kafka by Maven'})`,
  () => {
    let broker: Broker
    let topics = 0

    beforeAll(async () => {
      broker = await startBroker({ properties: { 'auto.create.topics.enable': 'false' } })
    })
    afterAll(() => broker[Symbol.asyncDispose]())

    const configured = (...topics: string[]) => ({ brokers: [broker.address], topics })

    async function topicOf(partitions = 1): Promise<string> {
      const topic = `topic-${topics++}`
      await broker.createTopic(topic, partitions)
      return topic
    }

    it('tell within milliseconds that there are messages', async () => {
      const topic = await topicOf(64)
      await using ranging = new Ranging(configured(topic))
      await until(
        () => ranging.positions.size === 64,
        () => ranging.problems
      )
      const producer = new Producer({ clientId: 'visor-test', bootstrapBrokers: [broker.address] })
      const known: number[] = []
      for (let i = 0; i < 60; i++) {
        await producer.send({ messages: [{ topic, partition: i, value: Buffer.from(`line ${i}`) }] })
        const sent = performance.now()
        await until(
          () => ranging.source.partitions()[i]!.position()['message'] === 1,
          () => ranging.source.state()
        )
        known.push((ranging.seen.get(i) ?? Infinity) - sent)
      }
      await producer.close()
      expect(ranging.numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, i) => i))
      // Reading included; half of them, since another process may have the cores for a while.
      expect(known.toSorted((a, b) => a - b)[30]).toBeLessThan(100)
      expect(ranging.problems).toEqual([])
    })

    it('know all that there is once they have looked', async () => {
      const topic = await topicOf(2)
      const lines = (count: number) =>
        Array.from({ length: count }, (_, i) => ({ value: `line ${i}`, partition: i % 2 }))
      const { source } = rangesOf(configured(topic))
      const stop = new AbortController()
      await produce(broker, topic, lines(2))
      for await (const streams of source.ready(stop.signal)) {
        if (streams.every(({ pending }) => pending === 0)) continue
        await produce(broker, topic, lines(100))
        await source.look()
        expect(source.partitions().map(({ pending }) => pending)).toEqual([51, 51])
        stop.abort()
      }
      await source.close()
    })

    it.each([0, 300])(
      'lose and double nothing when members come and go, a range taking %i ms',
      async reading => {
        const topic = await topicOf(6)
        const options = { ...configured(topic), group: topic }
        const producing = produceOn(topic)
        const [first, second] = [0, 1].map(() => new Ranging(options, { reading, most: () => 50 }))
        const holds = (one: Ranging | undefined, count: number): boolean =>
          one?.source.state().includes(`${count} of 6 p`) ?? false
        await until(
          () => holds(first, 3) && holds(second, 3),
          () => [first!.problems, second!.problems]
        )
        const third = new Ranging(options, { reading, most: () => 3 })
        await until(
          () => [first, second, third].every(one => holds(one, 2)),
          () => third.problems
        )
        const known = await first!.stop()
        await until(
          () => holds(second, 3) && holds(third, 3),
          () => third.problems
        )
        const again = new Ranging(options, { reading, known })
        await until(
          () => [second, third, again].every(one => holds(one, 2)),
          () => again.problems
        )
        await third.stop()
        await until(
          () => holds(second, 3) && holds(again, 3),
          () => again.problems
        )
        const sent = await producing()
        const all = [first!, second!, third, again]
        const numbers = (): number[] => all.flatMap(one => one.numbers)
        await until(
          () => numbers().length >= sent,
          () => [numbers().length, sent]
        )
        await Promise.all([second!.stop(), again.stop()])
        expect(numbers().toSorted((a, b) => a - b)).toEqual(Array.from({ length: sent }, (_, i) => i))
        expect(all.flatMap(one => one.problems)).toEqual([])
        expect(third.finished.size + second!.finished.size).toBeGreaterThan(0)
      }
    )

    /** Numbered lines to all partitions of a topic, until it is called: how many there were. */
    function produceOn(topic: string, partitions = 6): () => Promise<number> {
      let [sent, going] = [0, true]
      const done = (async () => {
        while (going) {
          const batch = Array.from({ length: 30 }, (_, i) => ({
            value: `line ${sent + i}`,
            partition: (sent + i) % partitions
          }))
          await produce(broker, topic, batch)
          sent += batch.length
          await new Promise(again => setTimeout(again, 20))
        }
      })()
      return async () => {
        going = false
        await done
        return sent
      }
    }

    it('that come back once others have the partition are not taken', async () => {
      const topic = await topicOf()
      await produce(broker, topic, ['a', 'b', 'c'])
      const { source, options } = rangesOf(configured(topic))
      const stop = new AbortController()
      for await (const [stream] of source.ready(stop.signal)) {
        const range = stream?.next(2)
        if (!stream || !range) continue
        const { position } = await readRange(options, range)
        const revoking = source.partitions()[0]!
        revoking.stop()
        expect([stream.pending, revoking.busy]).toEqual([0, true])
        stream.advance(position)
        expect([revoking.busy, stream.position()['message']]).toEqual([false, 2])
        expect(stream.next(1)).toBeUndefined()
        revoking.finish()
        stream.advance({ ...position, message: 3, offset: 6 })
        expect(stream.position()['message']).toBe(2)
        stop.abort()
      }
      await source.close()
    })

    it('go on where they were when the broker was killed and is back', async () => {
      const own = await startBroker({ partitions: 3 })
      await using _ = own
      const topic = 'killed'
      await own.createTopic(topic, 3)
      const sent = 6000
      const send = async (from: number): Promise<void> => {
        for (const partition of [0, 1, 2])
          await produce(
            own,
            topic,
            Array.from({ length: 1000 }, (_, i) => ({
              value: `line ${from + partition * 1000 + i}`,
              partition
            })),
            'lz4'
          )
      }
      await send(0)
      await using ranging = new Ranging(
        { brokers: [own.address], topics: [topic] },
        { most: () => 40, reading: 20 }
      )
      await until(
        () => ranging.lines.length > 300,
        () => ranging.problems
      )
      await own.kill()
      await own.start()
      await send(3000)
      await until(
        () => ranging.lines.length >= sent,
        () => [ranging.lines.length, ranging.problems, ranging.hindered]
      )
      expect(ranging.numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: sent }, (_, i) => i))
    })
  }
)
