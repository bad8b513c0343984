import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { seeded, weighted, type Random } from '../../src/generator/random.ts'
import { Daemon } from './daemon.ts'
import type { Verdict } from './files.ts'
import { checkNumbers } from './numbers.ts'
import { RotatedLog } from './rotated-log.ts'

/** What happens to Visor. */
const TROUBLES = [
  ['stand', 6],
  ['standAndEnd', 2],
  ['standAndKill', 2],
  ['end', 2],
  ['kill', 3]
] as const

/**
 * Writes a log that the system's logrotate rotates in a way of the seed's for so long (milliseconds), while the Visor that
 * watches it stands still, is ended or killed, and goes on.
 */
export async function tortureRotated(seed: number, lasting: number): Promise<Verdict> {
  const folder = mkdtempSync(join(tmpdir(), 'visor-torture-'))
  const store = join(folder, 'store')
  const random = seeded(seed)
  const log = new RotatedLog(folder, random)
  const daemon = new Daemon([random() < 0.5 ? log.path : `${log.path}*`, '--store', store])
  await daemon.start()
  log.append(1, 0)
  await daemon.stores(1)
  const ended = new AbortController()
  const troubling = trouble(daemon, seeded(seed + 1), ended.signal)
  const writing = write(log, seeded(seed + 2), ended.signal)
  for (const began = performance.now(); performance.now() - began < lasting;) {
    await wait(random() * 800)
    await log.rotate()
  }
  ended.abort()
  const done = await troubling
  await writing
  log.close()
  const complete = await daemon.stores(log.lines)
  const { read, parsed, late } = await daemon.counters()
  await daemon.stop()
  const wrong = await checkNumbers([store], log.lines)
  if (!complete) wrong.push('not all lines were stored')
  if (parsed + late !== log.lines || read !== log.lines)
    wrong.push(`the counters: ${read} read, ${parsed} parsed, ${late} late`)
  if (wrong.length > 0)
    wrong.push(
      `${log.rotation.settings.join(' ')}, gzip rests ${log.rotation.slowness} s; all is kept in ${folder}`
    )
  else rmSync(folder, { recursive: true })
  return { lines: log.lines, kills: daemon.kills, done: { ...done, rotations: log.rotations }, wrong }
}

async function write(log: RotatedLog, random: Random, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    log.append(Math.floor(random() * 60), Math.floor(random() * 60))
    await wait(random() * 20)
  }
}

async function trouble(daemon: Daemon, random: Random, signal: AbortSignal): Promise<Record<string, number>> {
  const draw = weighted(TROUBLES)
  const done: Record<string, number> = {}
  while (!signal.aborted) {
    await wait(random() * 1000)
    const what = draw(random)
    done[what] = (done[what] ?? 0) + 1
    if (what.startsWith('stand')) {
      daemon.signal('SIGSTOP')
      await wait(random() ** 2 * 4000)
    }
    if (what === 'stand' || what === 'standAndEnd') daemon.signal('SIGCONT')
    // It is ended while it takes up what happened meanwhile.
    if (what === 'standAndEnd') await wait(random() ** 2 * 300)
    if (what === 'stand') continue
    if (what.endsWith('nd')) await daemon.stop()
    else await daemon.kill()
    await wait(random() ** 3 * 3000)
    await daemon.start()
  }
  return done
}
