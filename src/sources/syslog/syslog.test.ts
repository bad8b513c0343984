import { spawn, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Source } from '../../core/source.ts'
import { conformsToByteSource, conformsToSource, start, type Fixture } from '../contract.ts'
import { CountedFraming } from '../net/framing.ts'
import { dial, Later, listensAt, sourceDependencies } from '../testing/client.ts'
import { SyslogMessages } from './messages.ts'
import { syslogKind, syslogOptions } from './index.ts'

async function open(configured: object): Promise<Source> {
  return syslogKind.open(syslogOptions.parse({ listen: 0, ...configured }), [], sourceDependencies())
}

const HEADER = '<13>Nov 25 03:50:32 vm web: '
const run = (source: Source) => start({ source, write: () => {}, end: () => {} })

describe('syslog over TCP', () => {
  conformsToByteSource(async (): Promise<Fixture> => {
    const source = await open({ over: ['tcp'] })
    const client = new Later(async () => dial(await listensAt(source)))
    return {
      source,
      write: text => client.do(socket => void socket.write(text)),
      end: () => client.do(socket => void socket.end())
    }
  })

  it('takes both framings over one connection, and ends the last line', async () => {
    const source = await open({ over: ['tcp'] })
    await using running = run(source)
    const socket = await dial(await listensAt(source))
    const counted = `${HEADER}two`
    socket.write(`${HEADER}one\n${counted.length} ${counted}${HEADER}three\r\n`)
    socket.end(`no header at all\n${HEADER}hal`)
    await running.until(() => running.lines.length === 5)
    expect(running.lines).toEqual(['one', 'two', 'three\r', 'no header at all', 'hal'])
  })
})

describe('syslog over UDP', () => {
  conformsToSource(async (): Promise<Fixture> => {
    const source = await open({ over: ['udp'] })
    const socket = createSocket('udp4')
    const sender = new Later(() => listensAt(source))
    return {
      source,
      write: text =>
        sender.do(({ host, port }) => {
          return new Promise(done => socket.send(text, port, host, () => done()))
        }),
      end: () => {}
    }
  })
})

describe('syslog messages', () => {
  it('give their lines, however the bytes of a connection are cut', () => {
    const text = fc.stringMatching(/^[ -~]{1,80}$/)
    const message = fc.tuple(
      text,
      fc.boolean(),
      fc.constantFrom(HEADER, '<13>1 - - - - - - ', `<13>1 - - - - - [a b="${'x'.repeat(4040)}"] `)
    )
    fc.assert(
      fc.property(fc.array(message), fc.array(fc.nat(), { maxLength: 8 }), (messages, cuts) => {
        const sent = messages.map(([text, counts, header]) =>
          counts ? `${header.length + text.length} ${header}${text}` : `${header}${text}\n`
        )
        const bytes = Buffer.from(sent.join(''))
        const out: Buffer[] = []
        const framing = new CountedFraming(new SyslogMessages(part => out.push(Buffer.from(part))))
        const places = [0, ...cuts.map(cut => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)
        for (let i = 1; i < places.length; i++) framing.take(bytes.subarray(places[i - 1], places[i]))
        framing.finish()
        expect(Buffer.concat(out).toString()).toBe(messages.map(([text]) => `${text}\n`).join(''))
      })
    )
  })

  it('are handed over whole where the header goes on for too long, and hold no more than that', () => {
    const out: Buffer[] = []
    const messages = new SyslogMessages(part => out.push(Buffer.from(part)))
    const long = `<13>1 - - - - - [a b="${'x'.repeat(5000)}"] line`
    for (const byte of Buffer.from(long)) messages.part(Uint8Array.of(byte))
    expect(Buffer.concat(out).length).toBe(long.length)
    messages.end()
    expect(Buffer.concat(out).toString()).toBe(`${long}\n`)
  })
})

const hasLogger =
  spawnSync('logger', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') ?? false

describe.skipIf(!hasLogger)('logger of util-linux', () => {
  const line = '192.0.2.1 - - [01/Jan/2026:00:00:01 +0000] "GET /é\\" HTTP/1.1" 200 1'

  it.each([
    ['tcp', '-T', '--rfc3164'],
    ['tcp', '-T', '--rfc5424'],
    ['tcp', '-T', '--rfc5424', '--octet-count'],
    ['tcp', '-T', '--rfc3164', '--octet-count'],
    ['tcp', '-T', '--rfc5424=notime,nohost,notq'],
    ['udp', '-d', '--rfc3164'],
    ['udp', '-d', '--rfc5424']
  ])('is understood over %s: %s %s %s', async (over, ...options) => {
    const source = await open({ over: [over] })
    await using running = run(source)
    const { port } = await listensAt(source)
    const args = ['-n', '127.0.0.1', '-P', String(port), ...options, '-t', 'web']
    const logger = spawn('logger', args)
    logger.stdin.end(`${line}\n  goes on\n${line}`)
    await running.until(() => running.lines.length === 3)
    const text = Buffer.from(line).toString('latin1')
    // It takes the blanks at the beginning of a line away itself.
    expect(running.lines.map(found => found.trim())).toEqual([text, 'goes on', text])
  })
})
