import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { kafkaMissing, startBroker } from './kafka.ts'
import { startVisor, visor } from './visor.ts'
import { eventually } from './watching.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'visor-generate-cli-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const path = (name: string): string => join(folder, name)
const text = (name: string): string => readFileSync(path(name), 'utf8')
const linesOf = (all: string): string[] => all.split('\n').slice(0, -1)

interface Manifest {
  readonly logs: Readonly<
    Record<string, { lines: number; complete: boolean; counts?: Record<string, Record<string, number>> }>
  >
  readonly incidents: readonly {
    type: string
    made: Record<string, { lines: number; ranges: [number, number][] }>
  }[]
}
const manifest = (): Manifest => JSON.parse(text('truth.json'))

const FIXED = ['--start', '2026-01-01', '-z', 'UTC', '--speed', 'max', '--seed', '11']

const SCENARIO = `
rate: 100
incidents:
  - { type: errors, at: 2s, for: 3s, share: 0.5, status: [503] }
  - { type: bruteforce, at: 4s, for: 3s, rate: 20 }
  - { type: flood, at: 8s, for: 1s, factor: 5 }
  - { type: message, at: 9s, for: 2s, rate: 2, message: 'AH99999: it broke' }
`

describe('visor generate', () => {
  it('repeats to the byte with a seed and a start', async () => {
    writeFileSync(path('scenario.yaml'), SCENARIO)
    const made = []
    for (const name of ['one', 'two']) {
      const targets = ['-o', path(`${name}.log`), '-e', path(`${name}-error.log`)]
      const { exit } = await visor(['generate', path('scenario.yaml'), '--for', '15s', ...FIXED, ...targets])
      expect(exit).toBe(0)
      made.push(text(`${name}.log`) + text(`${name}-error.log`))
    }
    expect(made[0]).toBe(made[1])
    expect(linesOf(text('one.log'))[0]).toContain('[01/Jan/2026:00:00:00 +0000]')
  })

  it('goes to standard output, and ends quietly when its reader has seen enough', () => {
    const command = `${process.execPath} bin/visor.js generate --lines 100000 ${FIXED.join(' ')} | head -n 3`
    const { stdout, stderr, status } = spawnSync('bash', ['-c', `set -o pipefail; ${command}`], {
      encoding: 'utf8'
    })
    expect([linesOf(stdout).length, status, stderr]).toEqual([3, 0, ''])
  })

  it('keeps pace with the clock, and ends cleanly when told to', async () => {
    const running = startVisor(['generate', '--rate', '200', '-o', path('a.log')])
    await eventually(
      async () => (existsSync(path('a.log')) ? linesOf(text('a.log')).length : 0),
      lines => lines >= 100
    )
    const { exit, err } = await running.stop('SIGINT')
    expect(exit).toBe(0)
    expect(err).toBe(`visor: ${linesOf(text('a.log')).length} lines of the access log in ${path('a.log')}\n`)
  })

  it('rotates while it writes, and nothing is lost or twice', async () => {
    const rotation = ['--rotate', 'gzip', '--every', '1000', '--keep', '9']
    const { exit } = await visor(['generate', '-n', '5500', ...FIXED, ...rotation, '-o', path('a.log')])
    expect(exit).toBe(0)
    const older = [5, 4, 3, 2, 1].map(i => gunzipSync(readFileSync(path(`a.log.${i}.gz`))).toString())
    expect(older.map(all => linesOf(all).length)).toEqual([1000, 1000, 1000, 1000, 1000])
    await visor(['generate', '-n', '5500', ...FIXED, '-o', path('whole.log')])
    expect(older.join('') + text('a.log')).toBe(text('whole.log'))
  })

  it('takes a configuration of the first Visor for either log', async () => {
    const classic = ['test/samples/classic.json', ...FIXED, '--for', '1h']
    for (const mode of ['access', 'error']) {
      const { exit } = await visor([
        'generate',
        '-m',
        mode,
        ...classic,
        '-o',
        path(mode),
        ...(mode === 'access' ? ['-f', 'common'] : [])
      ])
      expect(exit).toBe(0)
      const lines = linesOf(text(mode)).length
      const { err } = await visor(['parse', path(mode), '-z', 'UTC'])
      expect(err).toBe(`${lines} read, ${lines} parsed, 0 rejected\n`)
    }
    expect(text('access')).toMatch(/^- - - \[01\/Jan\/2026:00:00:00 \+0000\] "[A-Z]+" - -$/m)
    expect(text('error')).toMatch(/^\[-\] \[-\] [A-Z]+$/m)
  })

  it('shows the truth: its counts are those of awk', async () => {
    writeFileSync(path('scenario.yaml'), SCENARIO)
    const targets = ['-o', path('a.log'), '-e', path('e.log'), '--truth', path('truth.json')]
    expect(
      await visor(['generate', path('scenario.yaml'), '--for', '15s', ...FIXED, ...targets])
    ).toMatchObject({ exit: 0 })
    const awk = (program: string, name: string): string =>
      execFileSync('awk', [program, path(name)], { encoding: 'utf8' }).trim()
    const { logs, incidents } = manifest()
    expect(String(logs['access']?.lines)).toBe(awk('END { print NR }', 'a.log'))
    for (const [status, count] of Object.entries(logs['access']?.counts?.['status'] ?? {}))
      expect(awk(`$9 == ${status} { n++ } END { print n + 0 }`, 'a.log')).toBe(String(count))
    const lines = (i: number, kind: string): string => String(incidents[i]?.made[kind]?.lines)
    expect(lines(0, 'access')).toBe(awk('$9 == 503 { n++ } END { print n + 0 }', 'a.log'))
    expect(lines(1, 'access')).toBe(awk('$9 == 401 { n++ } END { print n + 0 }', 'a.log'))
    expect(lines(1, 'error')).toBe(awk('/AH01617/ { n++ } END { print n + 0 }', 'e.log'))
    expect(lines(3, 'error')).toBe(awk('/AH99999: it broke$/ { n++ } END { print n + 0 }', 'e.log'))
  })
})

describe('when lines cannot go out', () => {
  it('a full file ends with a whole line, and neither the count nor the truth claims more', () => {
    // The shell's limit is in blocks of 1024 bytes; writing beyond it fails after a part was written.
    const targets = `-o ${path('a.log')} --truth ${path('truth.json')}`
    const command = `ulimit -f 300; trap '' XFSZ; ${process.execPath} bin/visor.js generate -n 100000 ${FIXED.join(' ')} ${targets}`
    const { status, stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8' })
    expect(status).toBe(1)
    const lines = linesOf(text('a.log')).length
    expect(text('a.log').endsWith('\n')).toBe(true)
    expect(statSync(path('a.log')).size).toBeLessThanOrEqual(300 * 1024)
    expect(lines).toBeGreaterThan(1000)
    expect(stderr).toContain(
      `visor: ${lines.toLocaleString('en')} lines of the access log in ${path('a.log')}`
    )
    expect(stderr).toMatch(
      /cannot write .*a\.log: file too large \(EFBIG\).*\n +The file system, or `ulimit -f`, allows no larger file/
    )
    expect(manifest().logs['access']).toEqual(expect.objectContaining({ lines, complete: false }))
  })

  it('a slow reader on TCP holds it back and gets every line', async () => {
    const running = startVisor(['generate', '-n', '60000', ...FIXED, '-o', 'tcp-listen://127.0.0.1:0'])
    const found = await eventually(async () => /127\.0\.0\.1:(\d+)/.exec(running.err), Boolean)
    const socket = connect(Number(found?.[1]), '127.0.0.1')
    let got = ''
    socket.setEncoding('latin1')
    for await (const chunk of socket) {
      got += String(chunk)
      if (got.length < 3_000_000) await wait(5)
    }
    const { exit, err } = await running.ended
    expect(exit).toBe(0)
    expect(err).toContain('visor: 60,000 lines of the access log in ')
    await visor(['generate', '-n', '60000', ...FIXED, '-o', path('a.log')])
    expect(got).toBe(text('a.log'))
  })

  describe.skipIf(kafkaMissing !== undefined)(
    `a Kafka broker${kafkaMissing ? ` (${kafkaMissing})` : ''}`,
    () => {
      it('that is killed and comes back has every line once', async () => {
        await using broker = await startBroker({ partitions: 2 })
        await broker.createTopic('logs', 2)
        const running = startVisor([
          'generate',
          '-r',
          '3000',
          '-n',
          '24000',
          '--seed',
          '1',
          '-o',
          `kafka://${broker.address}/logs`
        ])
        await eventually(
          () => broker.consumeAll('logs'),
          ({ length }) => length >= 1000
        )
        await broker.kill()
        const printed = /(does not answer|has closed the connection).* lines wait/
        await eventually(
          async () => running.err,
          err => printed.test(err)
        )
        await broker.start()
        const { exit, err } = await running.ended
        expect([exit, err]).toEqual([0, expect.stringContaining('visor: 24,000 lines of the access log in ')])
        expect(err).toContain(`kafka ${broker.address} takes lines again`)
        const messages = await broker.consumeAll('logs')
        expect(messages.length).toBe(24_000)
        for (const { key, value } of messages) expect(value.startsWith(`${key} `)).toBe(true)
      })
    }
  )
})
