import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { Source } from '../../core/source.ts'
import { conformsToByteSource, start, type Fixture } from '../contract.ts'
import { retryDelay } from '../../system/retry.ts'
import { closed, dial, Later, listensAt, until, sourceDependencies } from '../testing/client.ts'
import { tcpKind, tcpOptions } from './index.ts'

type Configured = Parameters<typeof tcpOptions.parse>[0]

async function open(configured: object = {}): Promise<Source> {
  const given: Configured = { listen: 0, ...configured }
  return tcpKind.open(tcpOptions.parse(given), [], sourceDependencies())
}

/** A source that runs, and its state. */
function run(source: Source) {
  return start({ source, write: () => {}, end: () => {} })
}

describe('a TCP port', () => {
  conformsToByteSource(async (): Promise<Fixture> => {
    const source = await open()
    const client = new Later(async () => dial(await listensAt(source)))
    return {
      source,
      write: text => client.do(socket => void socket.write(text)),
      end: () => client.do(socket => void socket.end())
    }
  })

  it('keeps the lines of connections apart, and names them', async () => {
    const source = await open()
    await using running = run(source)
    const address = await listensAt(source)
    const sockets = await Promise.all(['a', 'b', 'c'].map(() => dial(address)))
    const names = sockets.map(({ localPort }) => `127.0.0.1:${localPort}`)
    for (const half of ['first ', 'second '])
      for (const [i, socket] of sockets.entries()) {
        socket.write(`${half}${i}`)
        await new Promise(done => setTimeout(done, 5))
      }
    for (const socket of sockets) socket.end('\n')
    await running.until(() => running.lines.length === 3)
    expect(running.lines.toSorted()).toEqual([0, 1, 2].map(i => `first ${i}second ${i}`))
    expect([...running.names].toSorted()).toEqual(names.toSorted())
    await until(() => source.state?.().endsWith(', 0 connections'))
  })

  it('gives streams the ids of those that are over', async () => {
    const source = await open()
    const ids = new Set<string>()
    let over = 0
    const abort = new AbortController()
    const reading = (async () => {
      for await (const streams of source.ready(abort.signal))
        for (const stream of streams) {
          ids.add(stream.id)
          stream.advance(stream.pending)
          if (stream.finished) over++
        }
    })()
    const address = await listensAt(source)
    for (let i = 0; i < 20; i++) {
      const socket = await dial(address)
      socket.end('line\n')
      await closed(socket)
      await until(() => over === i + 1)
      await new Promise(done => setImmediate(done))
    }
    abort.abort()
    await reading
    await source.close()
    expect([...ids]).toEqual(['tcp:web:0'])
  })

  it('reads what had come over a connection that is reset', async () => {
    const source = await open()
    await using running = run(source)
    const socket = await dial(await listensAt(source))
    socket.write('one\ntwo\nhal')
    await running.until(() => running.lines.length === 2)
    socket.resetAndDestroy()
    await running.until(() => running.lines.length === 3)
    expect(running.lines).toEqual(['one', 'two', 'hal'])
  })

  it('takes messages with their length', async () => {
    const source = await open({ framing: 'octet-counted' })
    await using running = run(source)
    const socket = await dial(await listensAt(source))
    socket.write('3 one3 t')
    socket.end('wo')
    await running.until(() => running.lines.length === 2)
    expect(running.lines).toEqual(['one', 'two'])
  })

  it('lets no more connect than may', async () => {
    const source = await open({ connections: 2 })
    await using running = run(source)
    const address = await listensAt(source)
    const [first, second] = [await dial(address), await dial(address)]
    const third = await dial(address)
    await closed(third)
    expect(source.state?.()).toMatch(/, 2 connections, 1 refused: too many$/)
    expect(source.problems?.()[0]?.message).toBe('connections are refused: there are 2, the most that may be')
    first.end('one\n')
    await running.until(() => running.lines.length === 1)
    await until(() => /, 1 connection,/.test(source.state?.() ?? ''))
    const fourth = await dial(address)
    for (const socket of [second, fourth]) socket.end('more\n')
    await running.until(() => running.lines.length === 3)
  })

  it('lets no more pile up that are over and not read than may connect', async () => {
    const source = await open({ connections: 1 })
    const abort = new AbortController()
    const offered = source.ready(abort.signal)[Symbol.asyncIterator]()
    const first = offered.next()
    const address = await listensAt(source)
    for (let i = 0; i < 2; i++) {
      const socket = await dial(address)
      socket.end('line\n')
      await closed(socket)
    }
    // Nobody has read anything yet.
    await first
    await closed(await dial(address))
    await until(() => source.state?.().endsWith(', 0 connections, 1 refused: too many'))
    abort.abort()
    await offered.return?.()
    await source.close()
  })

  it.each([
    [['127.0.0.1'], true],
    [['10.0.0.0/8', '127.0.0.0/8'], true],
    [['10.0.0.0/8', '::1'], false]
  ])('takes lines from %j only', async (allow, taken) => {
    const source = await open({ allow })
    await using running = run(source)
    const socket = await dial(await listensAt(source))
    socket.write('line\n')
    if (taken) await running.until(() => running.lines.length === 1)
    else {
      await closed(socket)
      expect(source.state?.()).toMatch(/, 0 connections, 1 refused: address not allowed$/)
      expect(running.lines).toEqual([])
    }
    socket.destroy()
  })

  it('closes who is silent for too long', async () => {
    const source = await open({ idle: '1s' })
    await using running = run(source)
    const socket = await dial(await listensAt(source))
    socket.write('line\nhalf')
    await closed(socket)
    await running.until(() => running.lines.length === 2)
    expect(running.lines).toEqual(['line', 'half'])
  })

  it('waits for a port that is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const bound = other.address()
    const port = typeof bound === 'object' && bound ? bound.port : 0
    const source = await open({ listen: port })
    await using running = run(source)
    await until(() => source.problems?.()[0])
    expect(source.problems?.()).toEqual([
      { name: `127.0.0.1:${port}`, message: 'cannot listen: the port is in use; it is tried again' }
    ])
    expect(source.state?.()).toMatch(/^does not listen at /)
    other.close()
    const socket = await dial(await listensAt(source))
    socket.end('line\n')
    await running.until(() => running.lines.length === 1)
    expect(source.problems?.()).toEqual([])
  })
})

describe('back-pressure', () => {
  it('holds a bounded number of bytes while nobody reads, and the sender waits', async () => {
    const source = await open()
    const abort = new AbortController()
    const offered = source.ready(abort.signal)[Symbol.asyncIterator]()
    const first = offered.next()
    const address = await listensAt(source)
    const socket = await dial(address)
    const line = `${'x'.repeat(999)}\n`
    let taken = 0
    const send = (): void => {
      while (socket.write(line.repeat(64), error => error ?? (taken += 64)));
    }
    socket.on('drain', send)
    send()
    const { value } = await first
    const [stream] = value ?? []
    // The reader has stopped here: it asks for nothing more.
    let held = -1
    await until(() => {
      const same = held === taken && taken > 0
      held = taken
      return same
    })
    for (let quiet = 0, last = taken; quiet < 20; last = taken) {
      await new Promise(done => setTimeout(done, 10))
      quiet = last === taken ? quiet + 1 : 0
    }
    expect(stream?.pending).toBeGreaterThan(0)
    expect(stream?.pending).toBeLessThanOrEqual((1 << 20) + (64 << 10))
    expect(socket.writableLength).toBeGreaterThan(0)
    const before = taken
    await until(() => {
      stream?.advance(stream.pending)
      return taken > before
    })
    socket.destroy()
    abort.abort()
    await offered.return?.()
    await source.close()
  })

  it('reads all that had come when a connection is reset while it waits', async () => {
    const source = await open()
    const abort = new AbortController()
    const address = listensAt(source)
    let received = 0
    // More than a stream holds, and little enough that the system holds the rest.
    const lines = 1100
    const offered = source.ready(abort.signal)
    const sent = address.then(async address => {
      const socket = await dial(address)
      const line = `${'x'.repeat(999)}\n`
      for (let i = 0; i < lines; i++) socket.write(line)
      await until(() => socket.writableLength === 0)
      return socket
    })
    for await (const [stream] of offered) {
      if (!stream) continue
      if (received === 0) {
        const socket = await sent
        await until(() => stream.pending >= 1 << 20)
        await new Promise(done => setTimeout(done, 50))
        socket.resetAndDestroy()
        await closed(socket)
        await new Promise(done => setTimeout(done, 50))
      }
      received += stream.pending
      stream.advance(stream.pending)
      if (stream.finished) break
    }
    await source.close()
    expect(received).toBe(lines * 1000)
  })
})

/** A server that sends, as many times as somebody connects. */
async function sender(serve: (socket: Socket, time: number) => void) {
  let times = 0
  const server = createServer(socket => {
    socket.on('error', () => {})
    serve(socket, times++)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const bound = server.address()
  const port = typeof bound === 'object' && bound ? bound.port : 0
  return { port, close: () => server.close() }
}

describe('a TCP connection to others', () => {
  conformsToByteSource(async (): Promise<Fixture> => {
    const { promise, resolve } = Promise.withResolvers<Socket>()
    const { port, close } = await sender((socket, time) => {
      if (time === 0) resolve(socket)
    })
    const source = await open({ listen: undefined, connect: `127.0.0.1:${port}` })
    const client = new Later(() => promise)
    return {
      source: {
        ...source,
        async close() {
          await source.close()
          close()
        }
      },
      write: text => client.do(socket => void socket.write(text)),
      end: () => client.do(socket => void socket.end())
    }
  })

  it('is made again when it is lost, each time another stream', async () => {
    const { port, close } = await sender((socket, time) => {
      socket.write(`${time}\nhalf`)
      if (time < 3) socket.end()
    })
    const source = await open({ listen: undefined, connect: `127.0.0.1:${port}` })
    await using running = run(source)
    await running.until(() => running.lines.length === 7)
    expect(running.lines).toEqual(['0', 'half', '1', 'half', '2', 'half', '3'])
    expect([source.state?.(), source.problems?.()]).toEqual([`connected to 127.0.0.1:${port}`, []])
    close()
  })

  it('reports why it cannot be made', async () => {
    const { port, close } = await sender(() => {})
    close()
    const source = await open({ listen: undefined, connect: `127.0.0.1:${port}` })
    await using running = run(source)
    await until(() => source.problems?.()[0])
    expect(running.lines).toEqual([])
    expect(source.problems?.()).toEqual([
      { name: `127.0.0.1:${port}`, message: 'connection refused (ECONNREFUSED); it is tried again' }
    ])
    expect(source.state?.()).toBe(`not connected to 127.0.0.1:${port}`)
  })

  it('waits longer from try to try, at random, half a minute at the most', () => {
    const least = Array.from({ length: 12 }, (_, i) => retryDelay(i, () => 0))
    const most = Array.from({ length: 12 }, (_, i) => retryDelay(i, () => 1))
    expect(least.slice(0, 4)).toEqual([50, 100, 200, 400])
    expect(most.slice(0, 4)).toEqual([100, 200, 400, 800])
    expect([least.at(-1), most.at(-1)]).toEqual([15_000, 30_000])
  })
})
