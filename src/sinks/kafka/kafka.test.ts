import { randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import {
  AclOperations,
  AclPermissionTypes,
  Admin,
  ResourcePatternTypes,
  ResourceTypes
} from '@platformatic/kafka'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kafkaMissing, startBroker, STRICT, type Broker, type Received } from '../../../test/kafka.ts'
import { freePort } from '../../../test/port.ts'
import { eventually } from '../../../test/watching.ts'
import { conformsToSink, linesOf, sinkDependencies } from '../contract.ts'
import { kafkaSink } from './index.ts'
import { numbered, openTarget } from './testing/open.ts'

const read = (target: string): unknown => kafkaSink.options.parse(kafkaSink.take(target))
const values = (received: readonly Received[]): string[] => received.map(({ value }) => value)

describe('a target', () => {
  const access = { topic: 'access', key: 'client', compression: 'zstd', acks: 'all' }

  it.each([
    ['kafka://127.0.0.1:9092/access', { ...access, brokers: ['127.0.0.1:9092'] }],
    ['kafka://a:1,b.example:2,[::1]:3/access', { ...access, brokers: ['a:1', 'b.example:2', '[::1]:3'] }],
    [
      'kafka://a:1/web-logs.v2?key=none&compression=lz4&acks=1',
      { brokers: ['a:1'], topic: 'web-logs.v2', key: 'none', compression: 'lz4', acks: '1' }
    ]
  ])('%s is read', (target, options) => expect(read(target)).toEqual(options))

  it.each(['-', 'access.log', 'kafka/access.log', 'tcp://127.0.0.1:9092'])('%s is none', target =>
    expect(kafkaSink.take(target)).toBeUndefined()
  )

  it.each([
    ['kafka://a:1/access?kye=none', '"kye"'],
    ['kafka://a:1/access?acks=2', '"acks"'],
    ['kafka://a:1', '"topic"'],
    ['kafka://a:1/my topic', 'a topic is 1 to 249 of'],
    ['kafka:///access', 'HOST:PORT'],
    ['kafka://a/access', 'HOST:PORT'],
    ['kafka://a:1,/access', 'HOST:PORT'],
    ['kafka://a:70000/access', 'HOST:PORT']
  ])('%s is refused, naming %s', (target, named) => expect(() => read(target)).toThrow(named))
})

describe.concurrent('no broker', () => {
  it('is reported with its address and the reason', async () => {
    const port = await freePort()
    await expect(openTarget(`kafka://127.0.0.1:${port}/access`)).rejects.toMatchObject({
      code: 'BROKER',
      message: `kafka 127.0.0.1:${port} does not answer: connection refused (ECONNREFUSED)`
    })
  })

  it('is reported, too, where something listens that keeps silent; and an abort ends the waiting', async () => {
    const port = await freePort()
    const silent = createServer().listen(port, '127.0.0.1')
    const target = `kafka://127.0.0.1:${port}/access`
    const reason = new Error('stopped')
    await Promise.all([
      expect(openTarget(target)).rejects.toThrow(
        `kafka 127.0.0.1:${port} does not answer: nothing came within 5 s`
      ),
      expect(openTarget(target, sinkDependencies(AbortSignal.abort(reason)))).rejects.toBe(reason)
    ])
    silent.close()
  })
})

describe.skipIf(kafkaMissing)(`a real broker (${kafkaMissing ?? 'Java, and Kafka by Maven'})`, () => {
  let broker: Broker
  let topics = 0

  /** A target for a new topic. */
  async function target(partitions: number, query = ''): Promise<{ topic: string; target: string }> {
    const topic = `topic-${topics++}`
    await broker.createTopic(topic, partitions)
    return { topic, target: `kafka://${broker.address}/${topic}?${query}` }
  }

  beforeAll(async () => {
    broker = await startBroker({ properties: STRICT })
  })
  afterAll(() => broker[Symbol.asyncDispose]())

  conformsToSink(async () => {
    const { topic, target: to } = await target(1)
    return {
      open: dependencies => openTarget(to, dependencies),
      received: async () => values(await broker.consumeAll(topic))
    }
  })

  it.each([
    'compression=none',
    'compression=gzip',
    'compression=snappy',
    'compression=lz4',
    'compression=zstd',
    'acks=1',
    'acks=0'
  ])('takes lines with %s', async query => {
    const { topic, target: to } = await target(1, query)
    const sink = await openTarget(to)
    const lines = numbered(0, 3000)
    await sink.write(linesOf(lines))
    await sink.close()
    expect(sink.written).toBe(3000)
    // Without acknowledgements they may be on their way still.
    const received = await eventually(
      () => broker.consumeAll(topic),
      ({ length }) => length === 3000
    )
    expect(values(received)).toEqual(lines)
  })

  it('takes many short lines, which are more than a batch may hold with all that frames them', async () => {
    const { topic, target: to } = await target(1, 'compression=none')
    const sink = await openTarget(to)
    const lines = numbered(0, 150_000).map(() => '')
    await sink.write(
      linesOf(
        lines,
        lines.map(() => 'c')
      )
    )
    await sink.close()
    expect(sink.written).toBe(150_000)
    expect(await broker.consumeAll(topic)).toHaveLength(150_000)
  })

  it('keeps the lines of a key in one partition and in order', async () => {
    const { topic, target: to } = await target(4)
    const sink = await openTarget(to)
    for (let from = 0; from < 5000; from += 500) {
      const lines = numbered(from, 500)
      await sink.write(
        linesOf(
          lines,
          lines.map((_, i) => `10.0.0.${i % 40}`)
        )
      )
    }
    await sink.close()
    const received = await broker.consumeAll(topic)
    expect(received).toHaveLength(5000)
    const byKey = Map.groupBy(received, ({ key }) => key)
    expect(byKey.size).toBe(40)
    for (const [key, messages] of byKey) {
      const expected = numbered(0, 5000).filter((_, i) => `10.0.0.${(i % 500) % 40}` === key)
      expect(values(messages)).toEqual(expected)
      expect(new Set(messages.map(({ partition }) => partition)).size).toBe(1)
    }
    expect(new Set(received.map(({ partition }) => partition)).size).toBe(4)
  })

  it('sends a key to the partition that other clients send it to', async () => {
    const { topic, target: to } = await target(16)
    const sink = await openTarget(to)
    const keys = ['21', 'foobar', 'a-little-bit-long-string', '']
    await sink.write(linesOf(keys, keys))
    await sink.close()
    // The hashes that Kafka's own tests expect of its murmur2.
    const hashes = [-973_932_308, -790_332_482, -985_981_536, 275_646_681]
    const expected = keys.map((key, i) => [key, ((hashes[i] ?? 0) & 0x7fff_ffff) % 16])
    const received = await broker.consumeAll(topic)
    expect(Object.fromEntries(received.map(({ key, partition }) => [key, partition]))).toEqual(
      Object.fromEntries(expected)
    )
  })

  it('spreads lines evenly without keys', async () => {
    const { topic, target: to } = await target(4, 'key=none')
    const sink = await openTarget(to)
    for (let i = 0; i < 8; i++) await sink.write(linesOf(['a', 'b'], ['same', 'same']))
    await sink.close()
    const received = await broker.consumeAll(topic)
    const counts = Map.groupBy(received, ({ partition }) => partition)
    expect([...counts.values()].map(({ length }) => length)).toEqual([4, 4, 4, 4])
    expect(new Set(received.map(({ key }) => key))).toEqual(new Set([null]))
  })

  it('reports a topic that is not there and not created', async () => {
    await expect(openTarget(`kafka://${broker.address}/nowhere`)).rejects.toMatchObject({
      code: 'BROKER',
      message: `kafka ${broker.address} has no topic nowhere, and creates none`
    })
  })

  it('reports a line that is too large', async () => {
    const { topic, target: to } = await target(1, 'compression=none')
    const sink = await openTarget(to)
    await sink.write(linesOf([randomBytes(600_000).toString('hex')]))
    const refusal = { code: 'BROKER', message: expect.stringContaining(`topic ${topic}: MESSAGE_TOO_LARGE`) }
    await expect(sink.close()).rejects.toMatchObject(refusal)
    expect(sink.written).toBe(0)
  })

  it('reports a topic that it may not write to', async () => {
    const { topic, target: to } = await target(1)
    const sink = await openTarget(to)
    await forbidWriting(broker, topic)
    const refusal = {
      code: 'BROKER',
      message: expect.stringContaining(`topic ${topic}: TOPIC_AUTHORIZATION_FAILED`)
    }
    const writing = async (): Promise<void> => {
      for (;;) await sink.write(linesOf(numbered(0, 100)))
    }
    await expect(writing()).rejects.toMatchObject(refusal)
    await sink.close()
    await expect(openTarget(to)).rejects.toMatchObject(refusal)
  })
})

async function forbidWriting(broker: Broker, topic: string): Promise<void> {
  const admin = new Admin({ clientId: 'visor-test', bootstrapBrokers: [broker.address] })
  await admin.createAcls({
    creations: [
      {
        resourceType: ResourceTypes.TOPIC,
        resourceName: topic,
        resourcePatternType: ResourcePatternTypes.LITERAL,
        principal: 'User:ANONYMOUS',
        host: '*',
        operation: AclOperations.WRITE,
        permissionType: AclPermissionTypes.DENY
      }
    ]
  })
  await admin.close()
}
