import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { Admin, Producer } from '@platformatic/kafka'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kafkaMissing, startBroker, type Broker } from '../../../test/kafka.ts'
import { takeTarget } from '../targets.ts'
import { sourceDependencies } from '../testing/client.ts'
import { kafkaKind } from './index.ts'
import { kafkaOptions } from './options.ts'
import { KafkaSource } from './source.ts'
import { produce } from './testing/produce.ts'
import { Reading, until } from './testing/reading.ts'

describe('a target', () => {
  const access = { topics: ['access'], start: 'earliest', maxLineBytes: 1 << 20 }

  it.each([
    ['kafka://127.0.0.1:9092/access', { ...access, brokers: ['127.0.0.1:9092'] }],
    [
      'kafka://a:1,[::1]:2/access,errors?group=team&start=2026-01-31&maxLineBytes=8MiB',
      {
        brokers: ['a:1', '[::1]:2'],
        topics: ['access', 'errors'],
        group: 'team',
        start: '2026-01-31',
        maxLineBytes: 8 << 20
      }
    ]
  ])('%s is read', (target, options) => expect(takeTarget(target)).toEqual({ type: 'kafka', ...options }))

  it.each([
    ['kafka://a:1', 'expected either "topics" or "pattern"'],
    ['kafka://a/access', 'a broker is HOST:PORT'],
    ['kafka://a:1/access?start=now', 'expected "earliest", "latest" or a time such as'],
    ['kafka://a:1/a b', 'a topic is 1 to 249 of'],
    ['kafka://a:1/access?grop=x', 'grop'],
    ['kafka:a:1', 'did you mean kafka://?']
  ])('%s is refused: %s', (target, message) => expect(() => takeTarget(target)).toThrow(message))
})

describe('options', () => {
  const refused = (configured: object): string | undefined =>
    kafkaOptions.safeParse({ brokers: ['a:1'], ...configured }).error?.issues[0]?.message

  it('have topics or a pattern, and how to log in', () => {
    expect(refused({ topics: ['a'], pattern: 'b' })).toBe('expected either "topics" or "pattern"')
    expect(refused({ pattern: '(' })).toBe('expected a regular expression')
    expect(refused({ topics: ['a'], tls: { key: 'x', cert: 'y' } })).toMatch(
      /^expected true, or a group of "ca"/
    )
    expect(refused({ topics: ['a'], sasl: { mechanism: 'plain', username: 'u', password: '' } })).toBe(
      'expected a password'
    )
    expect(kafkaKind.reads(kafkaOptions.parse({ brokers: ['a:1', 'b:2'], pattern: 'web-.*' }))).toBe(
      'topics that follow web-.* of kafka a:1,b:2'
    )
  })
})

describe.skipIf(kafkaMissing)(`a real broker (${kafkaMissing ?? 'Java, and Kafka by Maven'})`, () => {
  let broker: Broker
  let topics = 0

  beforeAll(async () => {
    const properties = {
      'auto.create.topics.enable': 'false',
      'message.max.bytes': '8000000',
      'transaction.state.log.num.partitions': '1'
    }
    broker = await startBroker({ properties })
  })
  afterAll(() => broker[Symbol.asyncDispose]())

  async function topicOf(partitions = 1): Promise<string> {
    const topic = `topic-${topics++}`
    await broker.createTopic(topic, partitions)
    return topic
  }

  const configured = (...topics: string[]) => ({ brokers: [broker.address], topics })

  it.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const)(
    'has lines, compressed with %s',
    async compression => {
      const topic = await topicOf()
      const lines = Array.from({ length: 5000 }, (_, i) => `line ${i}`)
      await produce(broker, topic, lines, compression)
      await using reading = new Reading(configured(topic))
      await until(
        () => reading.lines.length === 5000,
        () => reading.lines.length
      )
      expect(reading.lines).toEqual(lines)
      expect(reading.problems).toEqual([])
    }
  )

  it('has lines of several topics and partitions, each in order, and those that come', async () => {
    const [one, two] = [await topicOf(3), await topicOf()]
    const send = (from: number): Promise<unknown> =>
      Promise.all([
        ...[0, 1, 2].map(partition =>
          produce(
            broker,
            one,
            Array.from({ length: 100 }, (_, i) => ({ value: `p${partition} ${from + i}`, partition }))
          )
        ),
        produce(
          broker,
          two,
          Array.from({ length: 100 }, (_, i) => `two ${from + i}`)
        )
      ])
    await send(0)
    await using reading = new Reading(configured(one, two))
    await until(
      () => reading.lines.length === 400,
      () => reading.lines
    )
    await send(100)
    await until(
      () => reading.lines.length === 800,
      () => reading.lines.length
    )
    for (const [, lines] of Map.groupBy(reading.lines, line => line.split(' ')[0]))
      expect(lines.map(line => Number(line.split(' ')[1]))).toEqual(Array.from({ length: 200 }, (_, i) => i))
    await until(
      () => reading.source.state().endsWith('4 of 4 partitions, 0 messages behind'),
      () => reading.source.state()
    )
    expect([...reading.positions.keys()].toSorted()).toEqual([
      ...[0, 1, 2].map(partition => `kafka:web:${one}:${partition}`),
      `kafka:web:${two}:0`
    ])
  })

  it('has many lines in a message, empty messages and messages without a value', async () => {
    const topic = await topicOf()
    await produce(broker, topic, [
      'a\nb\n',
      { key: 'k', value: undefined },
      '',
      'c',
      { key: 'k', value: undefined }
    ])
    await using reading = new Reading(configured(topic))
    const position = () => reading.positions.get(`kafka:web:${topic}:0`)?.position
    await until(() => position()?.['message'] === 5, position)
    expect(reading.lines).toEqual(['a', 'b', 'c'])
    expect(position()).toMatchObject({ offset: 6, message: 5 })
  })

  it('has messages of some megabytes', async () => {
    const topic = await topicOf()
    const lines = [1, 3, 2].map(size => randomBytes(size << 19).toString('hex'))
    for (const line of lines) await produce(broker, topic, [line, 'small'])
    await using reading = new Reading(configured(topic))
    await until(
      () => reading.lines.length === 6,
      () => reading.lines.length
    )
    expect(reading.lines.filter(line => line !== 'small').map(({ length }) => length)).toEqual([
      1 << 20,
      3 << 20,
      2 << 20
    ])
    expect(reading.lines.filter(line => line !== 'small')).toEqual(lines)
  })

  it('fetches no more than it may hold while nobody reads', async () => {
    const topic = await topicOf()
    const lines = Array.from({ length: 10 }, () => randomBytes(50_000).toString('hex'))
    for (let i = 0; i < 20; i++) await produce(broker, topic, lines)
    const options = kafkaOptions.parse({ ...configured(topic), group: topic })
    const source = new KafkaSource(options, [], sourceDependencies())
    const stop = new AbortController()
    const looking = (async () => {
      for await (const [stream] of source.ready(stop.signal)) stream?.read(Buffer.alloc(100))
    })()
    const pending = (): number => source.partitions()[0]?.pending ?? 0
    await until(() => pending() >= 2 << 20, pending)
    await setTimeout(300)
    expect(pending()).toBeLessThan(4 << 20)
    expect(source.state()).toMatch(/, 200 messages behind$/)
    stop.abort()
    await looking
    await source.close()
  })

  it('keeps to itself what transactions took back', async () => {
    const topic = await topicOf()
    const producer = new Producer({
      clientId: 'visor-test',
      bootstrapBrokers: [broker.address],
      idempotent: true,
      transactionalId: 'visor-test',
      retries: 10
    })
    const send = async (value: string, end: 'commit' | 'abort'): Promise<void> => {
      const transaction = await producer.beginTransaction()
      await transaction.send({ messages: [{ topic, partition: 0, value: Buffer.from(value) }] })
      await transaction[end]()
    }
    await send('one', 'commit')
    await send('void', 'abort')
    await produce(broker, topic, ['between'])
    await send('void again', 'abort')
    await send('two', 'commit')
    await producer.close()
    await using reading = new Reading(configured(topic))
    await until(
      () => reading.lines.length >= 3,
      () => reading.lines
    )
    await until(
      () => reading.source.state().endsWith('0 messages behind'),
      () => reading.source.state()
    )
    expect(reading.lines).toEqual(['one', 'between', 'two'])
  })

  it('begins where it is configured to, with what nobody knows', async () => {
    const topic = await topicOf()
    await produce(broker, topic, ['old'])
    const middle = new Date(Date.now() + 1).toISOString()
    await until(
      () => new Date().toISOString() > middle,
      () => middle
    )
    await produce(broker, topic, ['new'])
    const readings = ['earliest', middle, 'latest', '2999-01-01'].map(
      start => new Reading({ ...configured(topic), start })
    )
    await until(
      () => readings.every(({ positions }) => positions.size === 1),
      () => readings.map(({ problems }) => problems)
    )
    await produce(broker, topic, ['newest'])
    await until(
      () => readings.every(({ lines }) => lines.includes('newest')),
      () => readings.map(({ lines }) => lines)
    )
    expect(readings.map(({ lines }) => lines)).toEqual([
      ['old', 'new', 'newest'],
      ['new', 'newest'],
      ['newest'],
      ['newest']
    ])
    await Promise.all(readings.map(reading => reading.stop()))
  })

  it('reads partitions and topics that are made later from their beginning', async () => {
    const topic = await topicOf()
    const later = `${topic}-later`
    await using reading = new Reading({ brokers: [broker.address], pattern: `${topic}.*`, start: 'latest' })
    await until(
      () => reading.positions.size === 1,
      () => reading.problems
    )
    const admin = new Admin({ clientId: 'visor-test', bootstrapBrokers: [broker.address] })
    await admin.createPartitions({ topics: [{ name: topic, count: 2 }] })
    await admin.close()
    await broker.createTopic(later, 1)
    await produce(broker, topic, [{ value: 'second partition', partition: 1 }])
    await produce(broker, later, ['later topic'])
    await until(
      () => reading.lines.length === 2,
      () => reading.problems
    )
    expect(reading.lines.toSorted()).toEqual(['later topic', 'second partition'])
  })

  it('goes on where it was, by its own positions or those of the group, whichever are further', async () => {
    const topic = await topicOf()
    await produce(broker, topic, ['a\nb\nc', 'd', 'e', 'f'])
    const group = 'shared'
    const first = new Reading({ ...configured(topic), group })
    await until(
      () => first.lines.length === 6,
      () => first.lines
    )
    const known = await first.stop()
    await produce(broker, topic, ['g'])

    const second = new Reading({ ...configured(topic), group })
    await until(
      () => second.lines.length > 0,
      () => second.problems
    )
    await second.stop()
    expect(second.lines).toEqual(['g'])

    await produce(broker, topic, ['h'])
    const third = new Reading({ ...configured(topic), group }, { known })
    await until(
      () => third.lines.length > 0,
      () => third.problems
    )
    const end = await third.stop()
    expect(third.lines).toEqual(['h'])

    const [stream] = end
    if (!stream) throw new Error('there is no stream')
    const within = { ...stream, position: { ...stream.position, message: 0, within: 2 } }
    await using fourth = new Reading(configured(topic), { known: [within] })
    await until(
      () => fourth.lines.length === 7,
      () => fourth.lines
    )
    expect(fourth.lines).toEqual(['b', 'c', 'd', 'e', 'f', 'g', 'h'])
  })

  it('commits to the group about once a second where it has come to, and within a message too', async () => {
    const topic = await topicOf()
    await produce(broker, topic, ['a\nb', 'c'])
    const group = 'watched'
    const admin = new Admin({ clientId: 'visor-test', bootstrapBrokers: [broker.address] })
    const committed = async (): Promise<bigint | undefined> => {
      const groups = await admin.listConsumerGroupOffsets({ groups: [group] })
      return groups[0]?.topics[0]?.partitions[0]?.committedOffset
    }
    await using reading = new Reading({ ...configured(topic), group })
    await until(
      async () => (await committed()) === 2n,
      () => reading.problems
    )
    await produce(broker, topic, ['d'])
    await until(
      async () => (await committed()) === 3n,
      () => reading.problems
    )
    await admin.close()
  })
})
