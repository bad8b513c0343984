import { createSocket, type Socket } from 'node:dgram'
import { describe, expect, it } from 'vitest'
import type { Address } from '../../core/address.ts'
import type { Source } from '../../core/source.ts'
import { conformsToSource, start, type Fixture } from '../contract.ts'
import { Later, listensAt, until, sourceDependencies } from '../testing/client.ts'
import { udpKind, udpOptions } from './index.ts'

async function open(configured: object = {}): Promise<Source> {
  return udpKind.open(udpOptions.parse({ listen: 0, ...configured }), [], sourceDependencies())
}

/** Sends datagrams to a source, one after the other. */
class Sender {
  readonly #socket: Socket = createSocket('udp4')
  readonly #address: Address

  constructor(address: Address) {
    this.#address = address
  }

  send(text: string): Promise<void> {
    const { host, port } = this.#address
    return new Promise((done, fail) => {
      this.#socket.send(Buffer.from(text, 'latin1'), port, host, error => (error ? fail(error) : done()))
    })
  }

  close(): void {
    this.#socket.close()
  }
}

async function senderTo(source: Source): Promise<Sender> {
  return new Sender(await listensAt(source))
}

const run = (source: Source) => start({ source, write: () => {}, end: () => {} })

describe('a UDP port', () => {
  conformsToSource(async (): Promise<Fixture> => {
    const source = await open()
    const sender = new Later(() => senderTo(source))
    return { source, write: text => sender.do(sender => sender.send(text)), end: () => {} }
  })

  it('takes a datagram as a line, with and without a line end, or as several', async () => {
    const source = await open()
    await using running = run(source)
    const sender = await senderTo(source)
    for (const text of ['one', 'two\n', '', 'three\r\nfour', 'f\0\xff'.repeat(2)]) await sender.send(text)
    await running.until(() => running.lines.length === 5)
    expect(running.lines).toEqual(['one', 'two', 'three\r', 'four', 'f\0\xfff\0\xff'])
    sender.close()
  })

  it('drops and counts what comes while too much waits, and reports it', async () => {
    const source = await open({ buffer: '64KiB' })
    const abort = new AbortController()
    const offered = source.ready(abort.signal)[Symbol.asyncIterator]()
    const first = offered.next()
    const sender = await senderTo(source)
    const line = `${'x'.repeat(999)}\n`
    await sender.send(line)
    const { value } = await first
    const [stream] = value ?? []
    const dropped = (): number => Number(/([\d,]+) datagrams dropped/.exec(source.state?.() ?? '')?.[1] ?? 0)
    // Not so quick that the system itself would have to drop some.
    for (let sent = 1; sent < 101; sent++) {
      await sender.send(line)
      await until(() => stream && stream.pending + 1000 * dropped() === 1000 * (sent + 1))
    }
    expect(stream?.pending).toBe(65_000)
    expect(dropped()).toBe(101 - 65)
    expect(source.problems?.()).toEqual([
      {
        name: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
        message: 'datagrams are dropped: they come faster than they are read'
      }
    ])
    stream?.advance(stream.pending)
    await sender.send('and on\n')
    await until(() => stream && stream.pending > 0)
    abort.abort()
    await offered.return?.()
    await source.close()
    sender.close()
  })

  it('takes no datagrams of others than are allowed', async () => {
    const source = await open({ allow: ['192.0.2.0/24'] })
    await using running = run(source)
    const sender = await senderTo(source)
    await sender.send('line')
    await until(() => source.state?.().includes('1 datagrams refused: address not allowed'))
    expect(running.lines).toEqual([])
    sender.close()
  })

  it('waits for a port that is in use', async () => {
    const other = createSocket('udp4')
    await new Promise<void>(done => other.bind(0, '127.0.0.1', done))
    const source = await open({ listen: other.address().port })
    await using running = run(source)
    const problem = await until(() => source.problems?.()[0])
    expect(problem.message).toBe('cannot listen: the port is in use; it is tried again')
    other.close()
    const sender = await senderTo(source)
    await sender.send('line')
    await running.until(() => running.lines.length === 1)
    expect(source.problems?.()).toEqual([])
    sender.close()
  })
})
