import { networkInterfaces } from 'node:os'
import { describe, expect, it } from 'vitest'
import type { Sink } from '../../core/sink.ts'
import { conformsToSink, linesOf, sinkDependencies } from '../contract.ts'
import { until } from '../testing/lines.ts'
import { tcpServerSink } from './index.ts'
import { connectTo, type Reader } from './testing/reader.ts'

const MEGABYTE = Array.from({ length: 5000 }, (_, i) => `${i} `.padEnd(199, 'x'))

const hasIPv6 = Object.values(networkInterfaces())
  .flat()
  .some(at => at?.address === '::1')

function serve(signal?: AbortSignal, host = '127.0.0.1', port = 0): Promise<Sink> {
  return tcpServerSink.open({ host, port }, sinkDependencies(signal))
}

/** Writes until it is stopped; `taken` are the lines of writes that have resolved. */
function keepWriting(sink: Sink, texts: readonly string[] = MEGABYTE) {
  const lines = linesOf(texts)
  const state = { taken: 0, failure: undefined as unknown, stop: false }
  const ended = (async () => {
    while (!state.stop) {
      await sink.write(lines)
      state.taken += lines.count
    }
  })().catch((error: unknown) => (state.failure = error))
  return Object.assign(state, { ended })
}

/** Connects, and waits until the server has noticed. */
async function join(sink: Sink): Promise<Reader> {
  const reader = await connectTo(sink.name)
  await untilTold(sink, `${reader.name} reads`)
  return reader
}

/** Gathers messages until there is this one. */
async function untilTold(sink: Sink, wanted: string): Promise<readonly string[]> {
  const messages: string[] = []
  await until(() => {
    messages.push(...(sink.warnings?.() ?? []))
    return messages.includes(wanted)
  })
  return messages
}

/** Waits until no more lines are taken, as nobody reads. */
async function untilStuck(writing: { readonly taken: number }): Promise<void> {
  for (let before = -1; before !== writing.taken;) {
    before = writing.taken
    await new Promise(done => setTimeout(done, 300))
  }
}

describe('a TCP server', () => {
  conformsToSink(async () => {
    const readers: Reader[] = []
    return {
      open: async dependencies => {
        const sink = await tcpServerSink.open({ host: '127.0.0.1', port: 0 }, dependencies)
        readers.push(await connectTo(sink.name))
        return sink
      },
      received: async () => {
        await readers[0]?.ended
        return readers[0]?.lines ?? []
      }
    }
  })

  it('waits for a reader, and reports where', async () => {
    const sink = await serve()
    expect(sink.name).toMatch(/^127\.0\.0\.1:\d+$/)
    expect(sink.warnings?.()).toEqual([`waits for a reader at ${sink.name}`])
    let done = false
    const writing = sink.write(linesOf(['first'])).then(() => (done = true))
    await new Promise(done => setTimeout(done, 50))
    expect([done, sink.written]).toEqual([false, 0])
    const reader = await connectTo(sink.name)
    await writing
    await sink.close()
    await reader.ended
    expect([reader.lines, sink.written]).toEqual([['first'], 1])
  })

  it.skipIf(!hasIPv6)('listens at an address of IPv6', async () => {
    const sink = await serve(undefined, '::1')
    expect(sink.name).toMatch(/^\[::1\]:\d+$/)
    const reader = await connectTo(sink.name, '::1')
    await sink.write(linesOf(['six']))
    await sink.close()
    await reader.ended
    expect(reader.lines).toEqual(['six'])
  })

  it('reports that a port is in use', async () => {
    const sink = await serve()
    const port = Number(sink.name.split(':').at(-1))
    await expect(serve(undefined, '127.0.0.1', port)).rejects.toMatchObject({
      code: 'CONNECTION',
      message: `cannot listen at ${sink.name}: the port is in use`
    })
    await sink.close()
  })

  it('gives all readers the lines from when they came, whole', async () => {
    const sink = await serve()
    const first = await join(sink)
    await sink.write(linesOf(['a', 'b']))
    const second = await join(sink)
    await sink.write(linesOf(['c', 'd']))
    await sink.write(linesOf(['e']))
    await sink.close()
    await Promise.all([first.ended, second.ended])
    expect([first.lines, second.lines, sink.written]).toEqual([['a', 'b', 'c', 'd', 'e'], ['c', 'd', 'e'], 5])
  })

  it('is held back by the slowest reader, keeps little for it, and loses nothing', async () => {
    const sink = await serve()
    const quick = await join(sink)
    const slow = await join(sink)
    slow.sleep()
    const writing = keepWriting(sink)
    await untilStuck(writing)
    // All that was taken is with the system, whose buffers are bounded.
    expect(writing.taken * 200).toBeLessThan(256e6)
    writing.stop = true
    slow.wake()
    await writing.ended
    await sink.close()
    await Promise.all([quick.ended, slow.ended])
    expect(sink.written).toBe(writing.taken)
    expect([quick.lines.length, slow.lines.length]).toEqual([writing.taken, writing.taken])
    expect(slow.text).toBe(quick.text)
  })

  it('gives a sleeping reader all lines though it closes before', async () => {
    const sink = await serve()
    const reader = await connectTo(sink.name)
    reader.sleep()
    const texts = MEGABYTE.slice(0, 500)
    await sink.write(linesOf(texts))
    await sink.close()
    reader.wake()
    await reader.ended
    expect(reader.lines).toEqual(texts)
  })

  it('goes on when a reader is killed, and reports what it was given', async () => {
    const sink = await serve()
    const [stays, goes] = [await join(sink), await join(sink)]
    await sink.write(linesOf(MEGABYTE))
    await until(() => goes.lines.length === MEGABYTE.length)
    const { name } = goes
    goes.kill()
    expect(await untilTold(sink, `${name} left after 5,000 lines`)).toHaveLength(1)
    await sink.write(linesOf(['more']))
    await sink.close()
    await stays.ended
    expect([stays.lines.length, sink.written]).toEqual([5001, 5001])
  })

  it('waits again when the last reader has left, and loses no line for the next', async () => {
    const sink = await serve()
    const first = await join(sink)
    await sink.write(linesOf(['a']))
    await until(() => first.lines.length === 1)
    const { name } = first
    first.socket.end()
    const waits = `waits for a reader at ${sink.name}`
    expect(await untilTold(sink, waits)).toEqual([`${name} left after 1 line`, waits])
    const writing = sink.write(linesOf(['b']))
    const second = await connectTo(sink.name)
    await writing
    await sink.close()
    await second.ended
    expect([second.lines, sink.written]).toEqual([['b'], 2])
  })

  it('gives the next reader what nobody was given, when one is killed with lines on their way', async () => {
    const sink = await serve()
    const first = await connectTo(sink.name)
    first.sleep()
    const writing = keepWriting(sink)
    await untilStuck(writing)
    writing.stop = true
    first.kill()
    const second = await connectTo(sink.name)
    await writing.ended
    const given = sink.written
    await sink.close()
    await second.ended
    // Whole lines, the last ones of what was written, and at most one piece that had been begun before.
    const all = Array.from({ length: writing.taken / MEGABYTE.length }, () => MEGABYTE).flat()
    expect(second.lines).toEqual(all.slice(-second.lines.length))
    expect(given).toBe(writing.taken)
    expect(second.text.endsWith('\n')).toBe(true)
  })

  it.each(['nobody reads', 'the reader sleeps'])(
    'ends at once when the signal aborts while %s',
    async why => {
      const abort = new AbortController()
      const sink = await serve(abort.signal)
      const reader = why === 'nobody reads' ? undefined : await connectTo(sink.name)
      reader?.sleep()
      const writing = keepWriting(sink)
      await untilStuck(writing)
      abort.abort('stopped')
      await writing.ended
      expect(writing.failure).toBe('stopped')
      await sink.close()
      reader?.wake()
      await reader?.ended
      expect(sink.written).toBeLessThanOrEqual(reader?.lines.length ?? 0)
      expect(sink.written).toBeGreaterThanOrEqual(writing.taken)
    }
  )

  it('gives lines to those alone who are allowed, and says where everybody is', async () => {
    const open = async (target: string): Promise<Sink> => {
      const options = tcpServerSink.options.parse(tcpServerSink.take(target))
      return tcpServerSink.open(options, sinkDependencies())
    }
    const none = await open('tcp-listen://127.0.0.1:0?allow=192.0.2.0/24,2001:db8::1')
    const { ended, name } = await connectTo(none.name)
    await ended
    await untilTold(none, `${name} is not allowed to read`)
    const some = await open('tcp-listen://0.0.0.0:0?allow=127.0.0.0/8')
    expect(some.warnings?.().join()).not.toContain('everybody')
    const reader = await connectTo(some.name.replace('0.0.0.0', '127.0.0.1'))
    await untilTold(some, `${reader.name} reads`)
    const all = await open('tcp-listen://0.0.0.0:0')
    expect(all.warnings?.().join()).toContain(`everybody who reaches ${all.name} is given the lines`)
    for (const sink of [none, some, all]) await sink.close()
  })
})
