import { describe, expect, it } from 'vitest'
import type { Sink } from '../../core/sink.ts'
import { freePort } from '../../../test/port.ts'
import { conformsToSink, linesOf, sinkDependencies } from '../contract.ts'
import { until } from '../testing/lines.ts'
import { tcpClientSink } from './index.ts'
import { Listener } from './testing/reader.ts'

function connect(port: number, signal?: AbortSignal): Promise<Sink> {
  return tcpClientSink.open({ host: '127.0.0.1', port }, sinkDependencies(signal))
}

const numbered = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${from + i} `.padEnd(199, 'x'))

/** Gathers messages until one is like this. */
async function untilTold(sink: Sink, wanted: RegExp): Promise<void> {
  await until(() => sink.warnings?.().some(message => wanted.test(message)) ?? false)
}

describe('a TCP client', () => {
  conformsToSink(async () => {
    const listener = await Listener.at()
    return {
      open: dependencies => tcpClientSink.open({ host: '127.0.0.1', port: listener.port }, dependencies),
      received: async () => {
        const [reader] = listener.readers
        await reader?.ended
        await listener.stop()
        return reader?.lines ?? []
      }
    }
  })

  it('reports that nobody listens, after it has tried', async () => {
    const port = await freePort()
    await expect(connect(port)).rejects.toMatchObject({
      code: 'CONNECTION',
      message: `cannot connect to 127.0.0.1:${port}: connection refused (ECONNREFUSED)`
    })
  })

  it('waits for who begins to listen late', async () => {
    const port = await freePort()
    const opening = connect(port)
    await new Promise(done => setTimeout(done, 150))
    const listener = await Listener.at(port)
    const sink = await opening
    await sink.write(linesOf(['late']))
    await sink.close()
    await listener.readers[0]?.ended
    expect(listener.readers[0]?.lines).toEqual(['late'])
    await listener.stop()
  })

  it('ends trying at once when the signal aborts', async () => {
    const abort = new AbortController()
    const opening = connect(await freePort(), abort.signal)
    abort.abort('stopped')
    await expect(opening).rejects.toBe('stopped')
  })

  it('connects again, and goes on with whole lines', async () => {
    const listener = await Listener.at()
    const sink = await connect(listener.port)
    await sink.write(linesOf(numbered(0, 10)))
    await until(() => listener.readers[0]?.lines.length === 10)
    listener.readers[0]?.kill()
    await untilTold(sink, /^lost the connection to 127\.0\.0\.1:\d+: .*reset/)
    await sink.write(linesOf(numbered(10, 10)))
    await untilTold(sink, /^connected to 127\.0\.0\.1:\d+ again$/)
    await sink.close()
    await listener.readers[1]?.ended
    expect(listener.readers[1]?.lines).toEqual(numbered(10, 10))
    expect(sink.written).toBe(20)
    await listener.stop()
  })

  it('sends no line twice, and all that it had not handed over, when it is cut off in the middle', async () => {
    const listener = await Listener.at()
    const sink = await connect(listener.port)
    await until(() => listener.readers.length === 1)
    const [first] = listener.readers
    first?.sleep()
    // More than the system takes while nobody reads.
    const all = numbered(0, 100_000)
    const writing = sink.write(linesOf(all))
    await until(() => (first?.socket.readableLength ?? 0) > 0)
    const begun = first?.lines.length ?? 0
    first?.kill()
    await writing
    await sink.close()
    const [, second] = listener.readers
    await second?.ended
    const rest = second?.lines ?? []
    expect(rest.length).toBeGreaterThan(0)
    expect(rest).toEqual(all.slice(-rest.length))
    expect(begun + rest.length).toBeLessThanOrEqual(all.length)
    // All but those that were just being handed over, at most a piece.
    expect(sink.written).toBeGreaterThanOrEqual(all.length - Math.ceil(65_536 / 200))
    expect(sink.written).toBeLessThanOrEqual(all.length)
    await listener.stop()
  })

  it('is held back by a server that sleeps, and ends at once when the signal aborts', async () => {
    const listener = await Listener.at()
    const abort = new AbortController()
    const sink = await connect(listener.port, abort.signal)
    await until(() => listener.readers.length === 1)
    const [reader] = listener.readers
    reader?.sleep()
    const writing = sink.write(linesOf(numbered(0, 200_000)))
    abort.abort('stopped')
    await expect(writing).rejects.toBe('stopped')
    await sink.close()
    reader?.wake()
    await reader?.ended
    expect(sink.written).toBeLessThanOrEqual(reader?.lines.length ?? 0)
    await listener.stop()
  })

  it('ends connecting again when the signal aborts', async () => {
    const listener = await Listener.at()
    const abort = new AbortController()
    const sink = await connect(listener.port, abort.signal)
    await sink.write(linesOf(['one']))
    await listener.stop()
    await untilTold(sink, /^lost/)
    const writing = sink.write(linesOf(['two']))
    abort.abort('stopped')
    await expect(writing).rejects.toBe('stopped')
    await sink.close()
    expect(sink.written).toBe(1)
  })
})
