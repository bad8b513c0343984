import { randomBytes } from 'node:crypto'
import { Producer } from '@platformatic/kafka'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kafkaMissing, startBroker, type Broker } from '../../../test/kafka.ts'
import type { Position } from '../../core/source.ts'
import { kafkaOptions } from './options.ts'
import { KafkaRangeReader } from './range-reader.ts'
import { asAdmin, removeBefore } from './testing/admin.ts'
import { produce } from './testing/produce.ts'
import { firstRange, Ranging, rangesOf, readRange, type Brought } from './testing/ranging.ts'
import { Reading, until } from './testing/reading.ts'

describe.skipIf(kafkaMissing)(
  `ranges of a real broker (${kafkaMissing ?? 'Java, and Kafka by Maven'})`,
  () => {
    let broker: Broker
    let topics = 0

    beforeAll(async () => {
      const properties = {
        'auto.create.topics.enable': 'false',
        'message.max.bytes': '8000000',
        'transaction.state.log.num.partitions': '1',
        'log.cleaner.backoff.ms': '200'
      }
      broker = await startBroker({ properties })
    })
    afterAll(() => broker[Symbol.asyncDispose]())

    const configured = (...topics: string[]) => ({ brokers: [broker.address], topics })

    async function topicOf(partitions = 1, configs: Record<string, string> = {}): Promise<string> {
      const topic = `ranges-${topics++}`
      if (Object.keys(configs).length === 0) await broker.createTopic(topic, partitions)
      else
        await asAdmin(broker, admin =>
          admin.createTopics({
            topics: [topic],
            partitions,
            replicas: 1,
            configs: Object.entries(configs).map(([name, value]) => ({ name, value }))
          })
        )
      return topic
    }

    /** Values in transactions of one producer. */
    function transactional(topic: string) {
      const producer = new Producer({
        clientId: 'visor-test',
        bootstrapBrokers: [broker.address],
        idempotent: true,
        transactionalId: topic,
        retries: 10
      })
      return {
        async send(values: readonly string[], end: 'commit' | 'abort'): Promise<void> {
          const transaction = await producer.beginTransaction()
          await transaction.send({
            messages: values.map(value => ({ topic, partition: 0, value: Buffer.from(value) }))
          })
          await transaction[end]()
        },
        [Symbol.asyncDispose]: () => producer.close()
      }
    }

    /** Messages of all sorts, compressed in all ways; transactions, tombstones, and gaps of both. */
    async function hostileTopic(): Promise<string> {
      const topic = await topicOf()
      await using transactions = transactional(topic)
      for (const compression of ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const) {
        await produce(
          broker,
          topic,
          ['one', 'two\nthree\n\nfour', '', 'five\n', '\n', 'a\0b\tc\r'],
          compression
        )
        await transactions.send(['void', 'void\nvoid'], 'abort')
        await produce(
          broker,
          topic,
          [{ key: 'k', value: undefined }, 'six', { key: 'k', value: undefined }],
          compression
        )
        await transactions.send(['seven', 'eight\nnine'], 'commit')
        await produce(broker, topic, [randomBytes(1 << 19).toString('hex'), 'ten\n\n'], compression)
      }
      await transactions.send(['the last is void'], 'abort')
      return topic
    }

    /** All that the fetching source gives of a topic with one partition, and where it is then. */
    async function fetchedBytes(topic: string): Promise<{ bytes: Buffer; position: Position }> {
      await using reading = new Reading(configured(topic))
      const position = (): Position | undefined => reading.positions.get(`kafka:web:${topic}:0`)?.position
      const [end] = (
        await asAdmin(broker, admin =>
          admin.listOffsets({
            topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp: -1n }] }]
          })
        )
      )[0]!.partitions
      await until(() => position()?.['message'] === Number(end!.offset), position)
      const text = reading.lines.map(line => `${line}\n`).join('')
      return { bytes: Buffer.from(text, 'latin1'), position: position()! }
    }

    /** Reads a partition in ranges of so many messages, and so many bytes of each at the most. */
    async function readInRanges(
      topic: string,
      cuts: readonly { most: number; bytes: number }[]
    ): Promise<{ bytes: Buffer; position: Position; places: Position[] }> {
      const { source, options } = rangesOf(configured(topic))
      const stop = new AbortController()
      const pieces: Buffer[] = []
      const places: Position[] = []
      let cut = 0
      for await (const [stream] of source.ready(stop.signal)) {
        for (;;) {
          const { most, bytes } = cuts[cut++ % cuts.length]!
          const range = stream?.next(most)
          if (!stream || !range) break
          const brought: Brought = await readRange(options, range, bytes)
          expect(brought.problem).toBeUndefined()
          expect(brought.position['message']).toBeLessThanOrEqual(
            Number(range.position['message']) + range.messages
          )
          pieces.push(brought.bytes)
          places.push(brought.position)
          stream.advance(brought.position)
        }
        if (places.length > 0) stop.abort()
      }
      await source.close()
      return { bytes: Buffer.concat(pieces), position: places.at(-1)!, places }
    }

    it('have the bytes and come to the positions that the fetching source has, wherever they are cut', async () => {
      const topic = await hostileTopic()
      const whole = await fetchedBytes(topic)
      expect(whole.bytes.toString('latin1')).not.toContain('void')
      const cut = fc.record({
        most: fc.oneof(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 8, max: 60 })),
        bytes: fc.oneof({ weight: 3, arbitrary: fc.constant(Infinity) }, fc.integer({ min: 1, max: 300_000 }))
      })
      await fc.assert(
        fc.asyncProperty(fc.array(cut, { minLength: 1, maxLength: 10 }), async cuts => {
          const { bytes, position, places } = await readInRanges(topic, cuts)
          expect(bytes.equals(whole.bytes)).toBe(true)
          const { member: _, ...rest } = position
          const { member: __, ...expected } = whole.position
          expect({ ...rest, epoch: 0 }).toEqual({ ...expected, epoch: 0 })
          expect(places.map(({ offset }) => offset)).toEqual(
            places.map(({ offset }) => offset).toSorted((a, b) => a - b)
          )
        }),
        { numRuns: 12 }
      )
    })

    it('go over what was compacted away', async () => {
      const topic = await topicOf(1, {
        'cleanup.policy': 'compact',
        'segment.ms': '100',
        'min.cleanable.dirty.ratio': '0.01',
        'delete.retention.ms': '0',
        'max.compaction.lag.ms': '100'
      })
      for (let round = 0; round < 8; round++) {
        await produce(
          broker,
          topic,
          Array.from({ length: 10 }, (_, i) => ({ key: `k${i % 3}`, value: `round ${round} line ${i}` }))
        )
        await new Promise(done => setTimeout(done, 150))
      }
      let count = 80
      await until(
        async () => {
          const options = { brokers: [broker.address], topics: [topic] }
          await produce(broker, topic, [{ key: 'other', value: `more ${count++}` }])
          await using reading = new Reading(options)
          await until(
            () => reading.source.state().endsWith(' 0 messages behind') && reading.lines.length > 0,
            () => reading.source.state()
          )
          return reading.lines.length < 30
        },
        () => count
      )
      for (const most of [1, 3, 17, Infinity]) {
        const compare = async () => {
          const [before, ranges, after] = [
            await fetchedBytes(topic),
            await readInRanges(topic, [{ most, bytes: Infinity }]),
            await fetchedBytes(topic)
          ]
          // The cleaner may still be at work.
          if (!before.bytes.equals(after.bytes)) return false
          expect(ranges.bytes.toString()).toBe(before.bytes.toString())
          expect(ranges.position['message']).toBe(before.position['message'])
          return true
        }
        await until(compare, () => most)
      }
    })

    it('of messages that were removed are given up, and it goes on behind them', async () => {
      const topic = await topicOf()
      await produce(broker, topic, ['a', 'b', 'c', 'd', 'e'])
      const options = kafkaOptions.parse({ ...configured(topic), group: topic })
      const range = await firstRange(configured(topic))
      await removeBefore(broker, topic, 3)
      const { bytes, position, problem } = await readRange(options, range)
      expect([bytes.length, position['message'], problem]).toEqual([
        0,
        0,
        `${topic}/0, messages 0 to 4: OFFSET_OUT_OF_RANGE`
      ])
      await using ranging = new Ranging(configured(topic), {
        known: [{ id: `kafka:web:${topic}:0`, name: '', position: range.position }]
      })
      await until(
        () => ranging.lines.length === 2,
        () => [ranging.problems, ranging.lines]
      )
      expect(ranging.lines).toEqual(['d', 'e'])
      expect(ranging.problems).toEqual([
        `kafka ${broker.address}, ${topic}/0: messages 0 to 2 were removed before they were read`
      ])
      expect(ranging.source.state()).toMatch(/0 messages behind, 3 messages removed before they were read$/)
    })

    it('are found when another broker leads than was said, or none is there', async () => {
      const topic = await topicOf()
      await produce(broker, topic, ['a', 'b'])
      const options = kafkaOptions.parse({ ...configured(topic), group: topic })
      const range = await firstRange(configured(topic))
      const elsewhere = { ...range, leader: { node: 77, host: '127.0.0.1', port: 1 } }
      expect((await readRange(options, elsewhere)).bytes.toString()).toBe('a\nb\n')
      const { leader: _, ...unknown } = range
      expect(
        (
          await readRange(options, {
            ...unknown,
            text: range.text,
            position: range.position,
            messages: 2,
            bytes: 4
          })
        ).bytes.toString()
      ).toBe('a\nb\n')
    })

    it('tell what hinders when no broker answers, and keep what came before', async () => {
      const own = await startBroker()
      await using _ = own
      const topic = 'gone'
      await own.createTopic(topic)
      const lines = Array.from({ length: 10 }, (_, i) => `${i} ${randomBytes(400_000).toString('hex')}`)
      for (const line of lines) await produce(own, topic, [line])
      const options = kafkaOptions.parse({ brokers: [own.address], topics: [topic], group: topic })
      const ranging = new Ranging({ brokers: [own.address], topics: [topic] })
      await until(
        () => ranging.lines.length === 10,
        () => ranging.problems
      )
      const [known] = await ranging.stop()
      const position = known!.position
      const range = {
        text: 'gone/0',
        topic,
        index: 0,
        messages: 10,
        bytes: 10,
        position: { ...position, offset: 0, message: 0, epoch: -1 }
      }
      const reader = new KafkaRangeReader(options, range, new AbortController().signal)
      await reader.fetch()
      await own.kill()
      let more = true
      const text: string[] = []
      while (more) {
        const buffer = Buffer.alloc(16 << 20)
        const count = reader.read(buffer)
        text.push(buffer.toString('latin1', 0, count))
        reader.advance(count)
        more = await reader.fetch()
      }
      const read = text.join('')
      expect(read.length).toBeGreaterThan(0)
      expect(
        lines
          .map(line => `${line}\n`)
          .join('')
          .startsWith(read)
      ).toBe(true)
      expect(reader.problem).toMatch(/^gone\/0: does not answer: /)
      expect(reader.position()['offset']).toBe(read.length)
      reader.close()
    })
  }
)
