import { createSocket } from 'node:dgram'
import { mkdtempSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addressText } from '../../core/address.ts'
import type { Delivery } from '../../core/delivery.ts'
import { DAY_MS } from '../../core/time.ts'
import { formatFor } from '../../formats/index.ts'
import type { SourceOptions } from '../../sources/index.ts'
import { httpOptions } from '../../sources/http/options.ts'
import { syslogOptions } from '../../sources/syslog/index.ts'
import { tcpOptions } from '../../sources/tcp/index.ts'
import { Authority, hasOpenssl } from '../../sources/testing/certificates.ts'
import { closed, dial, until } from '../../sources/testing/client.ts'
import { udpOptions } from '../../sources/udp/index.ts'
import { openStore, openStoreSink, type Store } from '../../store/index.ts'
import type { EngineSource } from '../../counting/plan.ts'
import { readsOnSpark } from '../spark/testing/reads.ts'
import { asIngest, Run } from './testing/run.ts'

const line = (i: number, path = `/${i}`): string =>
  `192.0.2.${i % 250} - - [01/Jan/2026:00:${String(Math.floor(i / 60) % 60).padStart(2, '0')}:${String(i % 60).padStart(2, '0')} +0000] "GET ${path} HTTP/1.1" 200 ${i}`

/** Sends bytes in pieces that are cut at these places, taking turns with others. */
async function send(socket: Socket, bytes: Buffer, cuts: readonly number[]): Promise<void> {
  const places = [0, ...cuts.map(cut => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)
  for (let i = 1; i < places.length; i++) {
    await new Promise(done => socket.write(bytes.subarray(places[i - 1], places[i]), done))
    await new Promise(done => setImmediate(done))
  }
}

async function sendAlone(address: Parameters<typeof dial>[0], text: string): Promise<void> {
  const socket = await dial(address)
  socket.end(text)
  await closed(socket)
}

describe.each([
  ['the embedded engine', asIngest],
  ['the engine on Spark, with workers in this process', readsOnSpark]
])('%s', (_engine, reads) => {
  let folder = ''
  let store: Store
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'visor-network-'))
    store = await openStore(join(folder, 'store'), {
      formatFor,
      retention: 36_500 * DAY_MS,
      commitInterval: 50
    })
  })
  afterAll(async () => {
    await store.close()
    rmSync(folder, { recursive: true })
  })

  const tcp = (more: object = {}) => ({ type: 'tcp', ...tcpOptions.parse({ listen: 0, ...more }) })

  function stored(options: SourceOptions, more: Partial<EngineSource> = {}): Run {
    return new Run(options, openStoreSink(store.handle()), more, reads)
  }

  /** All lines of a source as they are in the store, rejected ones too, in no order. */
  async function linesOf(name: string): Promise<string[]> {
    const found = await store.lines({ sources: [name], limit: 100_000 })
    const rejected = await store.rejected({ limit: 100_000 })
    return [
      ...found.map(({ line }) => Buffer.from(line).toString('latin1')),
      ...rejected
        .filter(({ source }) => source === name)
        .map(({ line }) => Buffer.from(line).toString('latin1'))
    ].toSorted()
  }

  let runs = 0

  describe('lines over TCP', () => {
    const text = fc
      .oneof(
        fc.integer({ min: 0, max: 9999 }).map(i => line(i)),
        fc.stringMatching(/^[!-~][ -~]{0,60}$/),
        fc.uint8Array({ minLength: 1, maxLength: 40 }).map(bytes => Buffer.from(bytes).toString('latin1'))
      )
      .map(text => text.replaceAll(/[\r\n]/g, ' '))
    const connection = fc.record({
      lines: fc.array(text, { maxLength: 30 }),
      half: fc.oneof(fc.constant(''), text),
      cuts: fc.array(fc.nat(), { maxLength: 10 }),
      end: fc.constantFrom('close', 'reset')
    })

    it('are read exactly, however many connections there are, and however they are cut and end', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(connection, { minLength: 1, maxLength: 6 }), async connections => {
          const name = `tcp ${runs++}`
          const run = stored(tcp(), { name, format: 'common' })
          const address = await run.address()
          const expected = connections
            .flatMap(({ lines, half }) => [...lines, half])
            .filter(text => text !== '')
            .toSorted()
          await Promise.all(
            connections.map(async ({ lines, half, cuts, end }) => {
              const socket = await dial(address)
              const bytes = Buffer.from(lines.map(text => `${text}\n`).join('') + half, 'latin1')
              await send(socket, bytes, cuts)
              if (end === 'close') socket.end()
              else {
                // What the system has not handed over yet would be gone with the connection.
                await new Promise(done => setTimeout(done, 100))
                socket.resetAndDestroy()
              }
              await closed(socket)
            })
          )
          await until(() => run.counters.read === expected.length)
          await run.stop()
          const { read, parsed, rejected, late } = run.counters
          expect(read).toBe(parsed + rejected + late)
          expect((await store.counters()).get(name)).toEqual(expected.length > 0 ? run.counters : undefined)
          expect(await linesOf(name)).toEqual(expected)
        }),
        { numRuns: 6 }
      )
    })

    it.skipIf(!hasOpenssl)('are read exactly where they are encrypted (openssl)', async () => {
      const authority = new Authority('visor test')
      const run = stored(tcp({ tls: { ...authority.sign('server'), ca: authority.cert } }), { name: 'tls' })
      const address = await run.address()
      const lines = Array.from({ length: 2000 }, (_, i) => line(i))
      await Promise.all(
        [0, 1, 2, 3].map(async part => {
          const client = { ca: authority.cert, ...authority.sign(`client ${part}`) }
          const socket = await dial(address, client)
          await send(
            socket,
            Buffer.from(`${lines.slice(part * 500, part * 500 + 500).join('\n')}\n`),
            [17, 20_000]
          )
          socket.end()
          await closed(socket)
        })
      )
      await until(() => run.counters.read === lines.length)
      await run.stop()
      authority.remove()
      expect(await linesOf('tls')).toEqual(lines.toSorted())
    })

    it('that came before the end are all stored', async () => {
      const run = stored(tcp(), { name: 'stopped' })
      const address = await run.address()
      const sockets = await Promise.all([0, 1, 2].map(() => dial(address)))
      await until(() => run.state?.text?.includes('3 connections'))
      const lines = Array.from({ length: 3000 }, (_, i) => line(i))
      await Promise.all(
        sockets.map((socket, s) =>
          send(socket, Buffer.from(`${lines.slice(s * 1000, s * 1000 + 1000).join('\n')}\nhalf`), [])
        )
      )
      const over = Promise.all(sockets.map(closed))
      await run.stop()
      await over
      expect((await store.counters()).get('stopped')).toMatchObject({ read: 3000, rejected: 0 })
      expect(await linesOf('stopped')).toEqual(lines.toSorted())
    })

    it('share the format that the first of them show, over restarts too', async () => {
      const first = stored(tcp(), { name: 'shared' })
      const address = await first.address()
      // Nobody knows a format yet: this is kept, and shows none.
      await sendAlone(address, 'GET / HTTP/1.0\n\n')
      await until(() => first.counters.rejected === 1)
      expect(first.problems).toContain('no known format reads the first line')
      for (let i = 0; i < 5; i++) {
        await sendAlone(address, `${line(i)}\n`)
        await until(() => first.counters.read === 2 + i)
      }
      // A line of another format, and none at all, are held against the one that is known.
      await sendAlone(address, '[Thu Jan 01 00:00:02.000000 2026] [core:error] [pid 1] oops\n')
      await sendAlone(address, 'nonsense')
      await until(() => first.counters.read === 8)
      await first.stop()
      expect(first.counters).toMatchObject({ parsed: 5, rejected: 3 })
      expect(first.streams.size).toBeLessThanOrEqual(3)

      const known = await store.positions({ source: 'shared' })
      expect(known.length).toBe(first.streams.size)
      const second = stored(tcp(), { name: 'shared', known })
      await sendAlone(await second.address(), 'nonsense first\n')
      await until(() => second.counters.rejected === 1)
      await second.stop()
      expect(second.problems).toEqual([])
    })

    it('that are too long are rejected once, whatever they hold, and the next one is read', async () => {
      const run = stored(tcp({ maxLineBytes: '64KiB' }), { name: 'long', format: 'common' })
      const socket = await dial(await run.address())
      await send(
        socket,
        Buffer.from(`${line(1)}\n${'x'.repeat(3_000_000)}\n${line(2)}\n${'y'.repeat(64 * 1024)}\n`),
        []
      )
      socket.end()
      await until(() => run.counters.read === 4)
      await run.stop()
      expect(run.counters).toMatchObject({ read: 4, parsed: 2, rejected: 2 })
      const rejected = (await store.rejected({ limit: 10 })).filter(({ source }) => source === 'long')
      for (const { line: kept } of rejected) expect(kept.length).toBeLessThanOrEqual(64 * 1024)
    })
  })

  describe('lines over UDP and syslog', () => {
    it('are read exactly', async () => {
      const udp = stored({ type: 'udp', ...udpOptions.parse({ listen: 0 }) }, { name: 'udp' })
      const syslog = stored(
        { type: 'syslog', ...syslogOptions.parse({ listen: 0, over: ['udp'] }) },
        { name: 'syslog' }
      )
      const socket = createSocket('udp4')
      const lines = Array.from({ length: 300 }, (_, i) => line(i))
      for (const [run, header] of [
        [udp, ''],
        [syslog, '<190>Nov 25 03:50:32 vm nginx: ']
      ] as const) {
        const { host, port } = await run.address()
        for (const [i, text] of lines.entries()) {
          await new Promise(done => socket.send(header + text, port, host, done))
          if (i % 50 === 0) await until(() => run.counters.read >= i)
        }
        await until(() => run.counters.read === lines.length)
        await run.stop()
      }
      socket.close()
      for (const name of ['udp', 'syslog']) {
        expect((await store.counters()).get(name)).toMatchObject({ read: 300, parsed: 300 })
        expect(await linesOf(name)).toEqual(lines.toSorted())
      }
    })
  })

  describe('lines over HTTP', () => {
    it('are in the store when the answer comes', async () => {
      const run = stored({ type: 'http', ...httpOptions.parse({ listen: 0 }) }, { name: 'http' })
      const url = `http://${addressText(await run.address())}/`
      const lines = Array.from({ length: 400 }, (_, i) => line(i))
      let posted = 0
      const post = async (from: number, to: number): Promise<void> => {
        const answer = await fetch(url, { method: 'POST', body: lines.slice(from, to).join('\n') })
        expect([answer.status, await answer.json()]).toEqual([200, { lines: to - from }])
        posted += to - from
        expect((await store.counters()).get('http')?.read).toBeGreaterThanOrEqual(posted)
      }
      await Promise.all(Array.from({ length: 10 }, (_, i) => post(i * 40, i * 40 + 40)))
      await run.stop()
      expect((await store.counters()).get('http')).toMatchObject({ read: 400, parsed: 400 })
      expect(await linesOf('http')).toEqual(lines.toSorted())
    })

    it('are answered as they are read where nothing is stored, whatever they are', async () => {
      const run = new Run(
        { type: 'http', ...httpOptions.parse({ listen: 0 }) },
        { write: async () => {} },
        {},
        reads
      )
      const url = `http://${addressText(await run.address())}/`
      for (const body of ['nonsense', '\n\n', '#Fields: date time\n', `${line(1)}\n`, 'more nonsense'])
        expect((await fetch(url, { method: 'POST', body })).status).toBe(200)
      await run.stop()
      expect(run.counters).toMatchObject({ parsed: 1 })
    })
  })

  describe('a store that cannot follow', () => {
    it('makes senders wait, and reports so; nothing is lost', async () => {
      const held: (() => void)[] = []
      let slow = true
      let handed = 0
      const sink = {
        async write({ counters }: Delivery) {
          handed += counters[0]?.read ?? 0
          if (slow) await new Promise<void>(done => held.push(done))
        }
      }
      const run = new Run(tcp(), sink, { format: 'common' }, reads)
      const socket = await dial(await run.address())
      const block = Array.from({ length: 1000 }, (_, i) => `${line(i)}\n`).join('')
      const blocks = 400
      let sent = 0
      const sending = (async () => {
        for (; sent < blocks; sent++) await new Promise(done => socket.write(block, done))
        socket.end()
      })()
      const since = await until(() => run.state?.heldSince)
      let last = -1
      await until(() => {
        const same = last === sent
        last = sent
        return same && socket.writableLength > 0
      })
      // The system holds some megabytes; of all that was sent, this process has read what may be outstanding.
      expect(sent).toBeLessThan(blocks)
      expect(handed).toBeLessThan(170_000)
      expect(run.state?.heldSince).toBe(since)
      slow = false
      for (const done of held) done()
      await sending
      await until(() => run.counters.read === blocks * 1000)
      await until(() => run.state?.heldSince === undefined)
      await run.stop()
      expect(run.counters).toMatchObject({ read: blocks * 1000, parsed: blocks * 1000 - run.counters.late })
    })
  })
})
