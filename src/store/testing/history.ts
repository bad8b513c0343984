import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { addCounters, NO_COUNTERS } from '../../core/source.ts'
import { DAY, HOUR, MINUTE, SECOND, toMillis, type Micros } from '../../core/time.ts'
import type { DeliverySink } from '../../core/delivery.ts'
import type { EnginePlan } from '../../counting/plan.ts'
import { ingest } from '../../engines/embedded/ingest.ts'
import { clfText, clockAt, ctimeText } from '../../formats/clock.ts'
import { fileOptions } from '../../sources/file/options.ts'
import { derive } from '../derived.ts'
import { METRICS } from '../../metrics/index.ts'
import { mergeCells, mergesAt, metricCells } from '../compaction.ts'
import type { StoreReader } from '../questions/question.ts'
import { Writer } from '../writer.ts'

/** Access logs with hosts and durations, an error log among them. */
const FORMATS = [String.raw`%v %h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\" %D`, 'error24']

function lineAt(time: Micros, n: number): string {
  const clock = clockAt(time / SECOND, 0)
  if (n % 11 === 0)
    return `[${ctimeText(clock).join('.000000')}] [core:${n % 2 ? 'error' : 'warn'}] [pid 1:tid 2] [client 10.0.0.${n % 7}:1] AH0000${n % 3}: File ${n % 5} is gone`
  const agent = n % 4 === 0 ? 'Googlebot/2.1' : 'Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0'
  const status = n % 13 === 0 ? '-' : [200, 200, 304, 404, 500][n % 5]
  const path = n % 23 === 0 ? '/.env' : n % 29 === 0 ? '/wp-login.php' : `/p${n % 40}${n % 3 ? '' : '.css'}`
  return `h${n % 2}.example.org 10.0.${n % 3}.${n % 50} - - [${clfText(clock)}] "GET ${path} HTTP/1.1" ${status} ${n % 6 ? n * 7 : '-'} "-" "${agent}" ${n % 17 ? (n * 7919) % 300_000 : '-'}`
}

/**
 * A store with lines of the last twelve days before `now`, which were read in rounds: soon after they were written, or days
 * later. Lines come from the files `0.log` and so on.
 */
export async function writtenHistory(folder: string, now: Micros, seed: number): Promise<Writer> {
  const writer = await Writer.open(
    join(folder, 'db'),
    { memory: '512MB', commitInterval: 0, commitRows: 1, now: Date.now },
    () => undefined
  )
  const { mappings } = writer.sender()
  const ages = fc.sample(fc.noBias(fc.integer({ min: 0, max: 1e9 })), { seed, numRuns: 1000 })
  const times = ages
    .map((age, i) => now - (age / 1e9) * [12 * DAY, DAY, HOUR][i % 3]!)
    .map(time => Math.floor(time / SECOND) * SECOND)
    .toSorted((a, b) => a - b)
  const rounds = [3.5 * DAY, 2.2 * DAY, 30 * HOUR, 90 * MINUTE, 10 * MINUTE, 0].map(ago => now - ago)
  for (const [i, end] of rounds.entries()) {
    const begin = rounds[i - 1] ?? -Infinity
    // Some lines come a round late.
    const lines = times.flatMap((time, n) => {
      const written = n % 9 === 0 ? (rounds.find(round => round > time + DAY) ?? time) : time
      return written > begin && written <= end ? [`${lineAt(time, n)}\n`] : []
    })
    if (lines.length === 0) continue
    const path = join(folder, `${i}.log`)
    writeFileSync(path, lines.join(''))
    await read(path, lines.length, { write: delivery => writer.write(delivery, mappings) }, end)
    // Some windows are merged by then.
    for (const group of metricCells(METRICS))
      for (const merge of await mergesAt(writer.database.writer, group, end, 4))
        await mergeCells(writer.database.writer, merge)
  }
  return writer
}

/** Reads a whole file at a time of the clock. */
async function read(path: string, lines: number, sink: DeliverySink, now: Micros): Promise<void> {
  const stop = new AbortController()
  const options = { type: 'file', ...fileOptions.parse({ path, poll: '10ms' }) }
  const plan: EnginePlan = {
    name: 'test',
    sources: [{ name: 'web', options, format: FORMATS.join('\n'), zone: 'UTC', known: [] }],
    window: 10 * SECOND,
    lateness: MINUTE,
    aging: true,
    country: true,
    limit: 1000,
    signals: []
  }
  let counters = { ...NO_COUNTERS }
  const counting: DeliverySink = {
    write: async delivery => {
      const { counters: read } = delivery
      await sink.write(delivery)
      counters = read.reduce(addCounters, counters)
      if (counters.read === lines) stop.abort()
    }
  }
  const clock = (): number => toMillis(now)
  await ingest(plan, counting, () => undefined, { clock, random: Math.random, fineClock: clock }, stop.signal)
  if (counters.parsed + counters.late !== lines)
    throw new Error(`of ${lines} lines: ${JSON.stringify(counters)}`)
}

/** Who reads such a store at a time. */
export function readerOf({ database }: Writer, now: Micros): StoreReader {
  const { reader: connection, connect } = database
  return { connection, connect, derive: (names, fields) => derive(connection, names, fields), now }
}
