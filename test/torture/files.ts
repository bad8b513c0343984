import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { seeded, weighted } from '../../src/generator/random.ts'
import { Daemon, killAgainAndAgain } from './daemon.ts'
import { LOOKS, TorturedLog } from './log.ts'
import { checkNumbers, checkRejected } from './numbers.ts'

/** What a torture did, and what came out wrong. */
export interface Verdict {
  readonly lines: number
  readonly kills: number
  /** Operations by how often they were done. */
  readonly done: Readonly<Record<string, number>>
  readonly wrong: readonly string[]
}

const OPERATIONS = [
  ['write', 60],
  ['half', 10],
  ['broken', 4],
  ['burst', 4],
  ['late', 4],
  ['rename', 1],
  ['copyTruncate', 1],
  ['regrow', 1],
  ['remove', 1],
  ['compress', 3]
] as const

type Operation = (typeof OPERATIONS)[number][0]

/**
 * Writes, rotates and destroys a log at random for so long (milliseconds), while the Visor that watches it is killed again and
 * again. All chance is of the seed, but for the times at which things happen. Of six seeds that follow each other, each
 * has another look of the log, or of what is watched: the log alone, or its rotated files too.
 */
export async function tortureFiles(seed: number, lasting: number): Promise<Verdict> {
  const folder = mkdtempSync(join(tmpdir(), 'visor-torture-'))
  const store = join(folder, 'store')
  const log = new TorturedLog(folder, LOOKS[seed % 3]!)
  const alone = seed % 2 === 0
  const daemon = new Daemon([alone ? log.path : `${log.path}*`, '--store', store])
  await daemon.start()
  log.append(1, 0)
  await daemon.stores(1)
  const ended = new AbortController()
  const killing = killAgainAndAgain(daemon, seeded(seed + 1), ended.signal)
  const done = await torture(log, daemon, seed, lasting, alone)
  ended.abort()
  await killing
  log.close()
  const complete = await daemon.stores(log.lines)
  const { read, parsed, rejected, late } = await daemon.counters()
  await daemon.stop()
  const wrong = [...(await checkNumbers([store], log.lines)), ...(await checkRejected([store], log.broken))]
  if (!complete) wrong.push('not all lines were stored')
  if (parsed + late !== log.lines || rejected !== log.broken || read !== parsed + rejected + late)
    wrong.push(`the counters: ${read} read, ${parsed} parsed, ${rejected} rejected, ${late} late`)
  if (wrong.length > 0) wrong.push(`all of it is kept in ${folder}`)
  else rmSync(folder, { recursive: true })
  return { lines: log.lines, kills: daemon.kills, done, wrong }
}

/** Gives how often each operation was done. */
async function torture(
  log: TorturedLog,
  daemon: Daemon,
  seed: number,
  lasting: number,
  alone: boolean
): Promise<Record<string, number>> {
  const random = seeded(seed)
  const upTo = (n: number): number => Math.floor(random() * n)
  const perform: Record<Operation, () => boolean | void> = {
    write: () => log.append(1 + upTo(40), upTo(60)),
    half: () => log.append(1 + upTo(5), upTo(300), true),
    broken: () => log.appendBroken(),
    burst: () => log.append(2000, upTo(20)),
    late: () => log.appendLate(1 + upTo(5)),
    rename: () => log.rename(),
    copyTruncate: () => log.copyTruncate(),
    regrow: () => log.regrow(upTo(60)),
    remove: () => log.remove(),
    compress: () => log.compress()
  }
  // Where only the log is watched, its rotated files can be known again when they are made in one way.
  const left: Operation | undefined = !alone ? undefined : seed % 4 === 0 ? 'rename' : 'copyTruncate'
  const draw = weighted(OPERATIONS.filter(([operation]) => operation !== left))
  const done: Record<string, number> = {}
  for (const began = performance.now(); performance.now() - began < lasting;) {
    const operation = draw(random)
    if (await isPossible(operation, log, daemon, alone)) {
      if (perform[operation]() !== false) done[operation] = (done[operation] ?? 0) + 1
    }
    await wait(upTo(20))
  }
  return done
}

/**
 * Nobody can have bytes that are destroyed before anybody was there: so the log is not emptied or deleted before all is
 * stored. What is compressed is not destroyed for a Visor that comes later, nor for one that has it open.
 */
async function isPossible(
  operation: Operation,
  log: TorturedLog,
  daemon: Daemon,
  alone: boolean
): Promise<boolean> {
  const copied = operation === 'copyTruncate' && !(alone && daemon.up)
  if (copied || !['copyTruncate', 'regrow', 'remove'].includes(operation)) return true
  log.end()
  return daemon.stores(log.lines)
}
