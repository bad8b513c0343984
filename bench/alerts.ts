/**
 * From a line to its mail: node bench/alerts.ts [ALERTS] [LINES_A_SECOND] [ROUND_TRIP]
 * Lines that a rule mails about are appended to a log at random times, one alert each, while other lines flow at that rate
 * through another log of the same Visor. Timed from before the line is written until the SMTP server, in this process, reports
 * that it has taken the mail. With ROUND_TRIP (milliseconds) the server is that far away.
 */
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { portOf } from '../src/notifiers/testing/port.ts'
import { Alarms, startVisor, stop, watch } from './alarms.ts'

const [alerts = '1000', rate = '0', roundTrip = '0'] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'visor-bench-'))
const [log, traffic] = [join(folder, 'access.log'), join(folder, 'traffic.log')]
for (const path of [log, traffic]) writeFileSync(path, '')

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

const alarms = await Alarms.open()
const config = alarms.configure(folder, {
  port: Number(roundTrip) > 0 ? await relayTo(alarms.port) : alarms.port,
  sources: { web: { path: log, format: 'combined' }, traffic: { path: traffic, format: 'combined' } }
})
const watching = await watch(config)
const generating = Number(rate) > 0 ? startVisor('generate', '-r', rate, '-o', traffic) : undefined
await wait(3000)

const count = Number(alerts)
const times = await alarms.raise(count, line => appendFileSync(log, line))
const at = (share: number): string => times.at(share).toFixed(1)
console.log(
  `${count} alerts, ${rate} other lines a second: ${times.mails} mails, ${times.missing} missing, ${times.twice} more; ` +
    `the first ${times.first.toFixed(1)} ms, p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`
)
await stop(generating, watching)
await alarms.close()
rmSync(folder, { recursive: true })
