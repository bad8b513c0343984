import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { seeded, weighted } from '../../src/generator/random.ts'
import { Daemon, killAgainAndAgain } from './daemon.ts'
import { TorturedLog } from './log.ts'
import { judgeNumbers } from './numbers.ts'

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
  ['burst', 4],
  ['late', 4],
  ['rename', 2],
  ['copyTruncate', 1],
  ['regrow', 1],
  ['remove', 1],
  ['compress', 2]
] as const

/** These destroy bytes: nobody can have them who was not there, so they wait until all is stored. */
const DESTROYS: ReadonlySet<string> = new Set(['copyTruncate', 'regrow', 'remove', 'compress'])

/**
 * Writes, rotates and destroys a log at random for so long (milliseconds), while the Visor that watches it is killed again and
 * again. All chance is of the seed, but for the times at which things happen.
 */
export async function tortureFiles(seed: number, lasting: number): Promise<Verdict> {
  const folder = mkdtempSync(join(tmpdir(), 'visor-torture-'))
  const store = join(folder, 'store')
  const log = new TorturedLog(folder)
  const daemon = new Daemon([`${log.path}*`, '--format', 'common', '--store', store])
  const random = seeded(seed)
  const upTo = (n: number): number => Math.floor(random() * n)
  const draw = weighted(OPERATIONS)
  const done: Record<string, number> = {}
  const perform: Record<(typeof OPERATIONS)[number][0], () => void> = {
    write: () => log.append(1 + upTo(40), upTo(60)),
    half: () => log.append(1 + upTo(5), upTo(300), true),
    burst: () => log.append(2000, upTo(20)),
    late: () => log.appendLate(1 + upTo(5)),
    rename: () => log.rename(),
    copyTruncate: () => log.copyTruncate(),
    regrow: () => log.regrow(upTo(60)),
    remove: () => log.remove(),
    compress: () => log.compress()
  }
  await daemon.start()
  const ended = new AbortController()
  const killing = killAgainAndAgain(daemon, seeded(seed + 1), ended.signal)
  for (const began = performance.now(); performance.now() - began < lasting;) {
    const operation = draw(random)
    if (DESTROYS.has(operation)) {
      log.end()
      if (!(await daemon.stores(log.lines))) continue
    }
    perform[operation]()
    done[operation] = (done[operation] ?? 0) + 1
    await wait(upTo(20))
  }
  ended.abort()
  await killing
  log.close()
  const complete = await daemon.stores(log.lines)
  const { read, parsed, rejected, late } = await daemon.books()
  await daemon.stop()
  const wrong = await judgeNumbers([store], log.lines)
  if (!complete) wrong.push('not all lines were stored within half a minute')
  if (read !== log.lines || read !== parsed + rejected + late || rejected > 0)
    wrong.push(
      `the books: ${read} read, ${parsed} parsed, ${rejected} rejected, ${late} late of ${log.lines}`
    )
  rmSync(folder, { recursive: true })
  return { lines: log.lines, kills: daemon.kills, done, wrong }
}
