import { createServer, connect, type Socket } from 'node:net'
import { Producer } from '@platformatic/kafka'
import { expect, it } from 'vitest'
import { kafkaMissing, startBroker } from '../../../test/kafka.ts'
import { freePort } from '../../system/port.ts'
import { Reading, until } from './testing/reading.ts'

/** The key of a request that brings messages. */
const PRODUCE = 0
const LINES = ['line 1', 'line 2', 'line 3']

/** Stands before a broker, and cuts off the first producer once the broker has answered it: the answer is lost. */
async function lossyProxy(port: number, broker: number) {
  let lost = 0
  const server = createServer(client => {
    const upstream = connect(broker, '127.0.0.1')
    let asked: number | undefined
    forward(client, upstream, frame => {
      if (frame.readInt16BE(4) === PRODUCE && lost === 0) asked = frame.readInt32BE(8)
      return true
    })
    forward(upstream, client, frame => {
      if (frame.readInt32BE(4) !== asked) return true
      lost++
      client.destroy()
      upstream.destroy()
      return false
    })
  })
  await new Promise<void>(listening => server.listen(port, '127.0.0.1', listening))
  return { lost: () => lost, [Symbol.dispose]: () => void server.close() }
}

/** Hands on whole frames, each its length and as many bytes, as long as `passes` says so. */
function forward(from: Socket, to: Socket, passes: (frame: Buffer) => boolean): void {
  let waiting = Buffer.alloc(0)
  from.on('error', () => to.destroy())
  from.on('close', () => to.destroy())
  from.on('data', (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk])
    while (waiting.length >= 4 && waiting.length >= 4 + waiting.readInt32BE(0)) {
      const frame = waiting.subarray(0, 4 + waiting.readInt32BE(0))
      waiting = waiting.subarray(frame.length)
      if (!passes(frame)) return
      to.write(frame)
    }
  })
}

it.skipIf(kafkaMissing).each([
  ['one that is not idempotent writes again what it was not told of, and each message counts', false, 2],
  ['one that is idempotent does not', true, 1]
])(
  `of producers whose acknowledgement is lost, %s (${kafkaMissing ?? 'Java, and Kafka by Maven'})`,
  async (_name, idempotent, times) => {
    const [advertised, port] = [await freePort(), await freePort()]
    using proxy = await lossyProxy(advertised, port)
    await using broker = await startBroker({
      port,
      properties: { 'advertised.listeners': `CLIENT://127.0.0.1:${advertised}` }
    })
    await broker.createTopic('logs', 1)
    const producer = new Producer({
      clientId: 'test',
      bootstrapBrokers: [`127.0.0.1:${advertised}`],
      idempotent,
      retries: 5
    })
    await producer.send({
      messages: LINES.map(line => ({ topic: 'logs', partition: 0, value: Buffer.from(line) }))
    })
    await producer.close()
    expect(proxy.lost()).toBe(1)
    const there = await broker.consumeAll('logs')
    expect(there.map(({ offset }) => offset)).toEqual(Array.from({ length: 3 * times }, (_, i) => i))
    await using reading = new Reading({ brokers: [broker.address], topics: ['logs'] })
    await until(
      () => reading.lines.length >= there.length,
      () => reading.problems
    )
    expect(reading.lines).toEqual(there.map(({ value }) => value))
    expect(reading.lines).toEqual(Array.from({ length: times }, () => LINES).flat())
  }
)
