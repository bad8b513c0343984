/**
 * From a line to its mail: node bench/alerts.ts [ALERTS] [LINES_A_SECOND] [ROUND_TRIP]
 * Lines that a rule mails about are appended to a log at random times, one alert each, while other lines flow at that rate
 * through another log of the same Visor. Timed from before the line is written until the SMTP server, in this process, reports
 * that it has taken the mail. With ROUND_TRIP (milliseconds) the server is that far away.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { SMTPServer } from 'smtp-server'
import { portOf } from '../src/notifiers/testing/port.ts'
import { clf } from '../test/clf.ts'

const [alerts = '1000', rate = '0', roundTrip = '0'] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'visor-bench-'))
const [log, traffic] = [join(folder, 'access.log'), join(folder, 'traffic.log')]
for (const path of [log, traffic]) writeFileSync(path, '')

/** When each alert's line was written, and how long its mail took, in milliseconds. */
const written = new Map<string, number>()
const taken: number[] = []
let twice = 0

const server = new SMTPServer({
  disabledCommands: ['AUTH', 'STARTTLS'],
  logger: false,
  onData(stream, _session, done) {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => {
      done()
      const now = performance.now()
      const id = /\/alarm\/(\d+)/.exec(Buffer.concat(chunks).toString('latin1').replaceAll('=\r\n', ''))?.[1]
      const began = id === undefined ? undefined : written.get(id)
      if (id === undefined || began === undefined) twice++
      else {
        written.delete(id)
        taken.push(now - began)
      }
    })
  }
})
server.listen(0, '127.0.0.1')
await once(server.server, 'listening')
const port = Number(roundTrip) > 0 ? await relayTo(portOf(server.server)) : portOf(server.server)

const config = join(folder, 'visor.json')
writeFileSync(
  config,
  JSON.stringify({
    sources: {
      web: { path: log, format: 'combined' },
      traffic: { path: traffic, format: 'combined' }
    },
    page: { port: 0 },
    store: { path: join(folder, 'store') },
    alerts: {
      receivers: ['rest'],
      rules: {
        alarm: {
          type: 'match',
          where: 'source:web AND path:\\/alarm\\/*',
          by: ['path'],
          groupBy: ['path'],
          receivers: ['ops']
        }
      }
    },
    receivers: {
      ops: {
        type: 'email',
        host: '127.0.0.1',
        port,
        secure: 'none',
        from: 'visor@example.org',
        to: ['ops@example.org'],
        rateLimit: { count: 1_000_000, per: '1h' }
      },
      rest: { type: 'mailbox' }
    }
  })
)

/** Puts a port before another one, half the round trip away; its server keeps no process alive. */
async function relayTo(target: number): Promise<number> {
  const later = (act: () => void): unknown => setTimeout(act, Number(roundTrip) / 2)
  const relay = createServer({ noDelay: true }, near => {
    const far = connect({ port: target, host: '127.0.0.1', noDelay: true })
    for (const [from, to] of [
      [near, far],
      [far, near]
    ] as const) {
      from.on('data', chunk => later(() => to.write(chunk)))
      from.on('close', () => later(() => to.destroy()))
      from.on('error', () => {})
    }
  })
  relay.listen(0, '127.0.0.1').unref()
  await once(relay, 'listening')
  return portOf(relay)
}

function visor(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['bin/visor.js', ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
}

const watching = visor('watch', '--config', config)
await new Promise<void>(done => watching.stdout?.on('data', data => /live at/.test(String(data)) && done()))
const generating = Number(rate) > 0 ? visor('generate', '-r', rate, '-o', traffic) : undefined
await wait(3000)

const count = Number(alerts)
for (let i = 0; i < count; i++) {
  await wait(40 + Math.random() * 60)
  written.set(String(i), performance.now())
  appendFileSync(log, `192.0.2.7 - - [${clf(new Date())}] "GET /alarm/${i} HTTP/1.1" 200 12 "-" "bench"\n`)
}
for (let patience = 0; written.size > 0 && patience < 100; patience++) await wait(100)

const [first = NaN] = taken
const sorted = taken.toSorted((a, b) => a - b)
const at = (share: number): string =>
  (sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? NaN).toFixed(1)
console.log(
  `${count} alerts, ${rate} other lines a second: ${taken.length} mails, ${written.size} missing, ${twice} more; ` +
    `the first ${first.toFixed(1)} ms, p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`
)
for (const process of [generating, watching])
  if (process) {
    process.kill('SIGTERM')
    await once(process, 'exit')
  }
await new Promise<void>(done => server.close(done))
rmSync(folder, { recursive: true })
