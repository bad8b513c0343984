import { request as send } from 'node:http'
import { request as sendTls } from 'node:https'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { addressText, type Address } from '../../core/address.ts'
import type { Source, Stream } from '../../core/source.ts'
import { conformsToSource, start, takeLines, type Fixture } from '../contract.ts'
import { Authority, hasOpenssl } from '../testing/certificates.ts'
import { dial, closed, Later, listensAt, until, sourceDependencies } from '../testing/client.ts'
import { httpOptions } from './options.ts'
import { httpSource } from './source.ts'

function open(configured: object = {}): Promise<Source> {
  return httpSource(httpOptions.parse({ listen: 0, ...configured }), sourceDependencies())
}

const run = (source: Source) => start({ source, write: () => {}, end: () => {} })

async function post(
  address: Address,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {}
) {
  const answer = await fetch(`http://${addressText(address)}/`, { method: 'POST', body, headers })
  return { status: answer.status, headers: answer.headers, answer: JSON.parse(await answer.text()) }
}

describe('an HTTP port', () => {
  conformsToSource(async (): Promise<Fixture> => {
    const source = await open()
    const client = new Later(() => listensAt(source))
    // Who is not answered because nobody commits is not waited for.
    const write = (text: string): void =>
      client.do(address =>
        post(address, text).then(
          () => {},
          () => {}
        )
      )
    return { source, write, end: () => {} }
  })

  it('answers once the lines are durable, and not before', async () => {
    const source = await open()
    const abort = new AbortController()
    const offered = source.ready(abort.signal)[Symbol.asyncIterator]()
    const first = offered.next()
    const address = await listensAt(source)
    const answers: string[] = []
    for (const name of ['a', 'b'])
      void post(address, `${name}\n`).then(({ answer }) => answers.push(`${name} ${JSON.stringify(answer)}`))
    const { value } = await first
    const [stream]: readonly Stream[] = value ?? []
    if (!stream) throw new Error('nothing came')
    await until(() => stream.pending === 4)
    await new Promise(done => setTimeout(done, 50))
    expect(answers).toEqual([])
    source.committed?.(stream.id, { offset: 2 })
    await until(() => answers.length > 0)
    await new Promise(done => setTimeout(done, 20))
    expect(answers.length).toBe(1)
    source.committed?.(stream.id, { offset: 4 })
    await until(() => answers.length === 2)
    expect(answers.toSorted()).toEqual(['a {"lines":1}', 'b {"lines":1}'])
    abort.abort()
    await offered.next()
    await source.close()
  })

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync]
  ])('unpacks %s', async (encoding, pack) => {
    const source = await open()
    await using running = run(source)
    const address = await listensAt(source)
    const body = pack(Buffer.from('one\ntwo'))
    expect(await post(address, body, { 'content-encoding': encoding })).toMatchObject({
      status: 200,
      answer: { lines: 2 }
    })
    expect(running.lines).toEqual(['one', 'two'])
    const damaged = body.subarray(0, body.length - 3)
    expect(await post(address, damaged, { 'content-encoding': encoding })).toMatchObject({
      status: 400,
      answer: { error: 'the body is damaged or cut off' }
    })
    expect(running.lines).toEqual(['one', 'two'])
  })

  it('takes JSON and text, each request whole', async () => {
    const source = await open()
    await using running = run(source)
    const address = await listensAt(source)
    const json = { 'content-type': 'application/json' }
    expect((await post(address, '["a", {"b": 1}]', json)).answer).toEqual({ lines: 2 })
    expect((await post(address, 'c')).answer).toEqual({ lines: 1 })
    expect((await post(address, '\n\n')).answer).toEqual({ lines: 0 })
    expect(await post(address, '["d", 5]', json)).toMatchObject({ status: 400 })
    expect(running.lines).toEqual(['a', '{"b": 1}', 'c'])
  })

  it('refuses what is too large, however it is packed, and goes on', async () => {
    const source = await open({ body: '1KiB' })
    await using running = run(source)
    const address = await listensAt(source)
    const large = 'x'.repeat(1025)
    const packed = gzipSync(Buffer.alloc(50_000_000))
    const chunked = new Blob([large]).stream()
    const answers = [
      await post(address, large),
      await post(address, packed, { 'content-encoding': 'gzip' }),
      await fetch(`http://${addressText(address)}/`, { method: 'POST', body: chunked, duplex: 'half' })
    ]
    expect(answers.map(({ status }) => status)).toEqual([413, 413, 413])
    expect((await post(address, large.slice(0, 1024))).status).toBe(200)
    expect(running.lines).toEqual([large.slice(0, 1024)])
  })

  it('answers all else as it should be', async () => {
    const source = await open()
    await using running = run(source)
    const address = await listensAt(source)
    const url = `http://${addressText(address)}`
    const get = await fetch(`${url}/`)
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST'])
    expect((await fetch(`${url}/x`, { method: 'POST', body: 'a' })).status).toBe(404)
    expect(await post(address, 'a', { 'content-encoding': 'lzma' })).toMatchObject({ status: 415 })
    expect(await post(address, 'a', { origin: 'http://evil.example' })).toMatchObject({ status: 403 })
    expect(running.lines).toEqual([])
    expect(source.state?.()).toMatch(/, 1 requests refused: of a web page$/)
  })

  it('asks for the token', async () => {
    const source = await open({ token: 'tell-nobody' })
    await using running = run(source)
    const address = await listensAt(source)
    for (const wrong of [{}, { authorization: 'Bearer wrong' }, { authorization: 'tell-nobody' }]) {
      const { status, headers } = await post(address, 'a', wrong)
      expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    }
    for (const scheme of ['Bearer', 'bearer'])
      expect((await post(address, 'right', { authorization: `${scheme} tell-nobody` })).status).toBe(200)
    expect(running.lines).toEqual(['right', 'right'])
  })

  it('asks senders to come again while the store cannot follow, and takes nothing of them', async () => {
    const source = await open({ body: '1KiB', buffer: '2KiB', wait: '0s' })
    const abort = new AbortController()
    const offered = source.ready(abort.signal)[Symbol.asyncIterator]()
    const first = offered.next()
    const address = await listensAt(source)
    const taken = [post(address, 'a'.repeat(1000)), post(address, 'b'.repeat(1000))]
    const { value } = await first
    const [stream]: readonly Stream[] = value ?? []
    if (!stream) throw new Error('nothing came')
    await until(() => stream.pending === 2002)
    const { status, headers } = await post(address, 'c'.repeat(1000))
    expect([status, headers.get('retry-after')]).toEqual([503, '5'])
    expect(stream.pending).toBe(2002)
    stream.advance(2002)
    source.committed?.(stream.id, stream.position())
    expect((await Promise.all(taken)).map(({ status }) => status)).toEqual([200, 200])
    const again = post(address, 'c'.repeat(1000))
    await until(() => stream.pending === 1001)
    stream.advance(1001)
    source.committed?.(stream.id, stream.position())
    expect((await again).status).toBe(200)
    abort.abort()
    await offered.return?.()
    await source.close()
  })

  it('lets a request wait for room', async () => {
    const source = await open({ body: '1KiB', buffer: '1KiB' })
    const abort = new AbortController()
    const offered = source.ready(abort.signal)[Symbol.asyncIterator]()
    const first = offered.next()
    const address = await listensAt(source)
    const one = post(address, 'a'.repeat(1024))
    const { value } = await first
    const [stream]: readonly Stream[] = value ?? []
    if (!stream) throw new Error('nothing came')
    const two = post(address, 'b'.repeat(1024))
    await until(() => source.state?.().includes('2 connections'))
    stream.advance(1025)
    source.committed?.(stream.id, stream.position())
    expect((await one).status).toBe(200)
    await until(() => stream.pending === 1025)
    stream.advance(1025)
    source.committed?.(stream.id, stream.position())
    expect((await two).status).toBe(200)
    abort.abort()
    await offered.return?.()
    await source.close()
  })

  it('gives the reader whole requests', async () => {
    const source = await open()
    const abort = new AbortController()
    const address = listensAt(source)
    const size = 3_000_000
    const bodies = ['a', 'b', 'c', 'd', 'e'].map(name => `${name.repeat(99)}\n`.repeat(size / 100))
    const answers = address.then(address => Promise.all(bodies.map(body => post(address, body))))
    const given: number[] = []
    const buffer = Buffer.alloc(20_000_000)
    for await (const [stream] of source.ready(abort.signal)) {
      if (!stream) continue
      await until(() => given.length > 0 || stream.pending === 5 * size)
      const count = stream.read(buffer)
      given.push(count / size)
      stream.advance(count)
      source.committed?.(stream.id, stream.position())
      if (stream.pending === 0) break
    }
    expect((await answers).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(given.reduce((sum, count) => sum + count)).toBe(5)
    for (const count of given) expect([1, 2]).toContain(count)
    await source.close()
  })

  it('is not hurt by a request that breaks off', async () => {
    const source = await open()
    await using running = run(source)
    const address = await listensAt(source)
    const socket = await dial(address)
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf a line')
    await until(() => source.state?.().includes('1 connection'))
    socket.destroy()
    await closed(socket)
    expect((await post(address, 'whole')).status).toBe(200)
    expect(running.lines).toEqual(['whole'])
  })

  it('answers what it has taken before it ends, and takes no more', async () => {
    const source = await open()
    const abort = new AbortController()
    const lines: string[] = []
    const reading = (async () => {
      for await (const streams of source.ready(abort.signal))
        for (const stream of streams) {
          lines.push(...takeLines(stream))
          const position = stream.position()
          // A store that takes its time.
          setTimeout(() => source.committed?.(stream.id, position), 60)
        }
    })()
    const address = await listensAt(source)
    const answers = Promise.all(['a', 'b', 'c'].map(name => post(address, name)))
    await until(() => lines.length > 0)
    abort.abort()
    await reading
    await new Promise(done => setTimeout(done, 80))
    await source.close()
    expect((await answers).map(({ status }) => status)).toEqual([200, 200, 200])
    expect(lines.toSorted()).toEqual(['a', 'b', 'c'])
    await expect(post(address, 'd')).rejects.toThrow('fetch failed')
  })
})

describe.skipIf(!hasOpenssl)('an HTTPS port (needs openssl)', () => {
  it('takes encrypted lines', async () => {
    const authority = new Authority('visor test')
    const source = await open({ tls: authority.sign('server') })
    await using running = run(source)
    const address = await listensAt(source)
    const status = await new Promise((done, fail) => {
      const { host, port } = address
      const request = sendTls({ host, port, method: 'POST', ca: authority.cert }, answer =>
        done(answer.statusCode)
      )
      request.on('error', fail)
      request.end('line\n')
    })
    expect([status, running.lines]).toEqual([200, ['line']])
    const plain = send({ host: address.host, port: address.port, method: 'POST' })
    await new Promise(done => plain.on('error', done).end('plain\n'))
    expect(running.lines).toEqual(['line'])
    authority.remove()
  })
})
