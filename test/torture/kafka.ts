import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { seeded, type Random } from '../../src/generator/random.ts'
import { linesOf } from '../../src/sinks/contract.ts'
import { openSink } from '../../src/sinks/index.ts'
import { startBroker, type Broker } from '../kafka.ts'
import { Daemon, killAgainAndAgain, NO_MORE } from './daemon.ts'
import type { Verdict } from './files.ts'
import { checkNumbers, numberedLine } from './numbers.ts'

/**
 * Sends numbered lines to a topic for so long (milliseconds), while its broker is killed and restarted. One Visor reads it and is
 * killed again and again; or two share it, each with its own store, and leave and come again.
 */
export async function tortureKafka(seed: number, lasting: number, visors: 1 | 2): Promise<Verdict> {
  const folder = mkdtempSync(join(tmpdir(), 'visor-torture-'))
  await using broker = await startBroker()
  await broker.createTopic('logs', 4)
  const stores = Array.from({ length: visors }, (_, i) => join(folder, `store-${i}`))
  const target = `kafka://${broker.address}/logs`
  const daemons = stores.map(store => new Daemon([target, '--format', 'common', '--store', store]))
  for (const daemon of daemons) await daemon.start()
  const ended = new AbortController()
  const random = seeded(seed + 1)
  const troubles =
    visors === 1
      ? [
          again(
            ended.signal,
            () => wait(3000 + random() * 4000),
            () => restart(broker, random)
          ),
          ...daemons.map(daemon => killAgainAndAgain(daemon, seeded(seed + 2), ended.signal))
        ]
      : // One after the other: who leaves while there is no broker can report to nobody how far it came.
        [
          again(
            ended.signal,
            () => wait(1500 + random() * 2500),
            () =>
              random() < 0.4 ? restart(broker, random) : leave(daemons[Math.floor(random() * 2)]!, random)
          )
        ]
  const lines = await produce(target, seeded(seed), lasting)
  ended.abort()
  await Promise.all(troubles)
  const complete = await allStored(daemons, lines)
  for (const daemon of daemons) await daemon.stop()
  const wrong = await checkNumbers(stores, lines)
  if (!complete) wrong.push('not all lines were stored')
  rmSync(folder, { recursive: true })
  const kills = daemons.reduce((sum, daemon) => sum + daemon.kills, 0)
  return { lines, kills, done: {}, wrong }
}

/** Sends lines at random; returns how many. */
async function produce(target: string, random: Random, lasting: number): Promise<number> {
  const dependencies = { signal: new AbortController().signal, clock: Date.now, stdout: process.stdout }
  const sink = await openSink(target, {}, dependencies)
  let lines = 0
  for (const began = performance.now(); performance.now() - began < lasting;) {
    const texts = Array.from({ length: 1 + Math.floor(random() * 300) }, () =>
      numberedLine(lines++, Math.floor(random() * 60)).trimEnd()
    )
    await sink.write(
      linesOf(
        texts,
        texts.map(() => String(Math.floor(random() * 50)))
      )
    )
    await wait(random() * 30)
  }
  await sink.close()
  return lines
}

/** Waits and does something, again and again until the signal aborts. */
async function again(
  signal: AbortSignal,
  pause: () => Promise<unknown>,
  something: () => Promise<void>
): Promise<void> {
  while (!signal.aborted) {
    await pause()
    if (!signal.aborted) await something()
  }
}

async function restart(broker: Broker, random: Random): Promise<void> {
  await (random() < 0.5 ? broker.kill() : broker.stop())
  await wait(random() * 500)
  await broker.start()
}

/** Ends a Visor as it should be, and starts it again. */
async function leave(daemon: Daemon, random: Random): Promise<void> {
  await daemon.stop()
  await wait(random() * 2000)
  await daemon.start()
}

/** Waits until so many lines are in all stores together, as long as more come now and then. */
async function allStored(daemons: readonly Daemon[], lines: number): Promise<boolean> {
  for (
    let last = { rows: -1, at: 0 };
    performance.now() - last.at < NO_MORE || last.rows < 0;
    await wait(100)
  ) {
    const rows = (await Promise.all(daemons.map(daemon => daemon.rows()))).reduce((a, b) => a + b, 0)
    if (rows >= lines) return true
    if (rows > last.rows) last = { rows, at: performance.now() }
  }
  return false
}
