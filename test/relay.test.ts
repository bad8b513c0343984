import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { seeded } from '../src/generator/random.ts'
import { kafkaMissing, startBroker, type Broker } from './kafka.ts'
import { freePort } from './port.ts'
import { startVisor, visor } from './visor.ts'
import { eventually } from './watching.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'visor-relay-cli-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const path = (name: string): string => join(folder, name)

/** Waits until something holds. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  expect(await eventually(async () => holds(), Boolean)).toBe(true)
}

/** The lines of a topic by their keys. */
async function received(broker: Broker): Promise<Map<string, string[]>> {
  const lines = new Map<string, string[]>()
  for (const { key, value } of await broker.consumeAll('logs')) {
    const known = lines.get(key ?? '') ?? []
    lines.set(key ?? '', known)
    known.push(value)
  }
  return lines
}

/** A connection to a port that is listened on soon. */
async function connected(port: number): Promise<Socket> {
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const there = await once(socket, 'connect').then(
      () => true,
      () => false
    )
    if (there) return socket
    await wait(20)
  }
}

function numbered(name: string): string[] {
  return Array.from({ length: 20_000 }, (_, i) => `${name} ${i}`)
}

describe('visor relay', () => {
  it('moves what a finished input has, and tells how much', async () => {
    const { exit, err } = await visor(
      ['relay', '-', '--to', path('out.log'), '--state', path('state.json')],
      {
        input: 'one\ntwo\nthree'
      }
    )
    expect([exit, err]).toEqual([
      0,
      `visor: relaying stdin to ${path('out.log')}\nvisor: 3 lines relayed to ${path('out.log')}\n`
    ])
    expect(readFileSync(path('out.log'), 'utf8')).toBe('one\ntwo\nthree\n')
  })

  it('says what it cannot do', async () => {
    const { exit, err } = await visor(['relay', '-', '--to', 'kafak://127.0.0.1:9092/logs'], { input: 'a\n' })
    expect(exit).toBe(2)
    expect(err).toContain('did you mean kafka://')
  })
})

describe.skipIf(kafkaMissing !== undefined)(
  `visor relay to a Kafka broker${kafkaMissing ? ` (${kafkaMissing})` : ''}`,
  () => {
    it('misses no line of a growing file through kill -9, and keeps their order', async () => {
      await using broker = await startBroker()
      await broker.createTopic('logs', 3)
      const log = path('access.log')
      writeFileSync(log, '')
      const random = seeded(5)
      let lines = 0
      const writing = setInterval(() => {
        const some = Array.from({ length: Math.floor(random() * 300) }, () => `line ${lines++}\n`)
        appendFileSync(log, some.join(''))
      }, 10)
      onTestFinished(() => clearInterval(writing))
      const args = ['relay', log, '--to', `kafka://${broker.address}/logs`, '--state', path('state.json')]
      for (let kill = 0; kill < 4; kill++) {
        const running = startVisor(args)
        await until(() => running.err.includes('relaying'))
        await wait(300 + random() * 700)
        await running.stop('SIGKILL')
      }
      clearInterval(writing)
      const running = startVisor(args)
      await until(async () => ((await received(broker)).get(log)?.at(-1) ?? '') === `line ${lines - 1}`)
      expect((await running.stop('SIGTERM')).exit).toBe(0)
      // Some may have come twice: those that were not known to be out. First comings are in order.
      const all = (await received(broker)).get(log) ?? []
      expect([...new Set(all)]).toEqual(Array.from({ length: lines }, (_, i) => `line ${i}`))
    })

    it('takes TCP and files at once, each source in order', async () => {
      await using broker = await startBroker()
      await broker.createTopic('logs', 3)
      const port = await freePort()
      const tcp = `tcp-listen://127.0.0.1:${port}`
      writeFileSync(
        path('a.log'),
        numbered('file')
          .map(line => `${line}\n`)
          .join('')
      )
      const running = startVisor([
        'relay',
        path('a.log'),
        tcp,
        '--to',
        `kafka://${broker.address}/logs`,
        '--state',
        path('state.json')
      ])
      await until(() => running.err.includes('relaying'))
      const socket = await connected(port)
      socket.end(
        numbered('socket')
          .map(line => `${line}\n`)
          .join('')
      )
      await until(async () => Array.from((await received(broker)).values()).flat().length >= 40_000)
      const { exit, err } = await running.stop('SIGINT')
      expect(exit).toBe(0)
      expect(err).toContain('visor: 40,000 lines relayed to ')
      const lines = await received(broker)
      expect(lines.get(path('a.log'))).toEqual(numbered('file'))
      expect(lines.get(tcp)).toEqual(numbered('socket'))
    })
  }
)
