import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isbot } from 'isbot'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { analyze } from '../engines/embedded/bulk.ts'
import { METRICS } from '../metrics/index.ts'
import { reportContents } from './analyzed.ts'
import type { ReportContents } from './contents.ts'

/** Logs that others wrote; they are not a part of this repository. */
const FOLDER = join(import.meta.dirname, '../../../shared/data/access')
const LOGS = existsSync(FOLDER) ? readdirSync(FOLDER).filter(name => name.endsWith('combined.log')) : []
const { signal } = new AbortController()

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'visor-truth-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** An access line by a regular expression of its own; lines that are odd in any way are left to the report. */
const LINE =
  /^(?:(?<vhost>\S+?)(?::\d+)? )?(?<client>\S+) \S+ \S+ \[(?<day>[^:]+):(?<clock>[\d:]+) (?<zone>[+-]\d{4})\] "(?<method>[A-Z]+) (?<path>[^ ?"\\]+)(?:\?[^ "\\]*)? (?<protocol>HTTP\/[\d.]+)" (?<status>\d{3}) (?<bytes>\d+|-) "(?<referrer>[^"\\]*)" "(?<agent>[^"\\]*)"(?: "-")?$/

/** What lines hold, counted one by one. */
interface Truth {
  readonly requests: number
  readonly bytes: number
  readonly notFound: Map<string, number>
  readonly statuses: Map<string, number>
  readonly pairs: Set<string>
  readonly programs: number
  readonly days: Map<string, Set<string>>
}

function count<Key>(map: Map<Key, number>, key: Key): void {
  map.set(key, (map.get(key) ?? 0) + 1)
}

function truthOf(lines: readonly string[], isProgram: (agent: string) => boolean): Truth {
  const truth = {
    requests: 0,
    bytes: 0,
    programs: 0,
    notFound: new Map<string, number>(),
    statuses: new Map<string, number>(),
    pairs: new Set<string>(),
    days: new Map<string, Set<string>>()
  }
  for (const line of lines) {
    const { client, agent, bytes, status, path, day, clock, zone } = LINE.exec(line)!.groups!
    truth.requests++
    truth.bytes += bytes === '-' ? 0 : Number(bytes)
    count(truth.statuses, status!)
    if (status === '404') count(truth.notFound, path!)
    if (isProgram(agent!)) {
      truth.programs++
      continue
    }
    const pair = `${client} ${agent}`
    truth.pairs.add(pair)
    const utc = new Date(Date.parse(`${day!.replaceAll('/', ' ')} ${clock} GMT${zone}`)).toISOString()
    const visitors = truth.days.get(utc.slice(0, 10)) ?? new Set()
    truth.days.set(utc.slice(0, 10), visitors.add(pair))
  }
  return truth
}

async function reportOf(path: string, top = 1000): Promise<ReportContents> {
  return reportContents(await analyze([path], { signal, zone: 'UTC' }), METRICS, top)
}

const top = (contents: ReportContents, name: string): Map<string, number> =>
  new Map(
    contents.metrics.find(({ metric }) => metric.name === name)?.top.map(({ key, count }) => [key, count])
  )

describe.skipIf(LOGS.length === 0)('a report of a log of others', () => {
  it.each(LOGS)('counts what counting its plain lines counts: %s', async name => {
    const all = readFileSync(join(FOLDER, name), 'latin1').split('\n')
    const plain = all.filter(line => LINE.test(line) && /^[\x20-\x7e]*$/.test(line))
    expect(plain.length).toBeGreaterThan(all.length / 2)
    const path = join(folder, name)
    writeFileSync(path, plain.map(line => `${line}\n`).join(''))
    const contents = await reportOf(path)
    const truth = truthOf(plain, agent => agent !== '-' && isbot(agent))
    expect(contents.counters).toMatchObject({ read: plain.length, parsed: plain.length })
    const requests = contents.metrics.find(({ metric }) => metric.name === 'requests')
    expect(requests).toMatchObject({ count: truth.requests, sum: truth.bytes })
    expect(top(contents, 'status')).toEqual(truth.statuses)
    expect(top(contents, 'not_found_path')).toEqual(truth.notFound)
    expect(contents.bots?.requests).toBe(truth.programs)
    expect(contents.visitors).toMatchObject({
      count: truth.pairs.size,
      requests: truth.requests - truth.programs,
      error: 0
    })
    expect(
      contents.visitors?.days.map(({ day, count }) => [
        new Date(day / 1000).toISOString().slice(0, 10),
        count
      ])
    ).toEqual([...truth.days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([day, pairs]) => [day, pairs.size]))
    const overTime = contents.timeline.metrics.find(({ metric }) => metric.name === 'requests')
    expect(overTime?.count.reduce((sum, one) => sum + one, 0)).toBe(truth.requests)
  })
})
