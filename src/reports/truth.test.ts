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
const LOGS = existsSync(FOLDER)
  ? readdirSync(FOLDER).filter(name => /(?:combined|common)\.log$/.test(name))
  : []
const { signal } = new AbortController()

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'visor-truth-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** An access line by a regular expression of its own; lines that are odd in any way are left to the report. */
const LINE =
  /^(?:(?<vhost>\S+?)(?::\d+)? )?(?<client>\S+) \S+ \S+ \[(?<day>[^:]+):(?<clock>[\d:]+) (?<zone>[+-]\d{4})\] "(?<method>[A-Z]+) (?<path>[^ ?"\\]+)(?:\?[^ "\\]*)? (?<protocol>HTTP\/[\d.]+)" (?<status>\d{3}) (?<bytes>\d+|-)(?: "(?<referrer>[^"\\]*)" "(?<agent>[^"\\]*)"(?: "-")?)?$/

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
    if (agent !== undefined && isProgram(agent)) {
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
    const all = readFileSync(join(FOLDER, name), 'latin1').split(/\r?\n/)
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
    expect(contents.bots?.requests ?? 0).toBe(truth.programs)
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

const ERRORS = join(import.meta.dirname, '../../../shared/data/error')
const ERROR_LOGS = existsSync(ERRORS) ? readdirSync(ERRORS).filter(name => name.endsWith('.log')) : []

/** An error-log line of Apache, by a regular expression of its own. */
const ERROR_LINE = /^\[[^\]]+\] \[(?:[\w-]*:)?(?<level>\w+)\] (?:\[[^\]]*\] )*(?<message>.*)$/

describe.skipIf(ERROR_LOGS.length === 0)('a report of an error log of others', () => {
  it.each(ERROR_LOGS)('counts severities, and messages of errors, as its lines have them: %s', async name => {
    const all = readFileSync(join(ERRORS, name), 'latin1').split(/\r?\n/)
    const plain = all.filter(line => ERROR_LINE.test(line) && /^[\x20-\x7e]*$/.test(line))
    expect(plain.length).toBeGreaterThan(all.length / 2)
    const path = join(folder, name)
    writeFileSync(path, plain.map(line => `${line}\n`).join(''))
    const contents = await reportOf(path)
    const levels = new Map<string, number>()
    for (const line of plain) count(levels, ERROR_LINE.exec(line)!.groups!['level']!)
    expect(top(contents, 'level')).toEqual(levels)
    const errors = ['emerg', 'alert', 'crit', 'error'].reduce((sum, one) => sum + (levels.get(one) ?? 0), 0)
    const messages = contents.metrics.find(({ metric }) => metric.name === 'message')
    expect(messages?.count).toBe(plain.length)
    expect(contents.failures?.reduce((sum, one) => sum + one.count, 0) ?? 0).toBe(errors)
    // Numbers are what differs in them most often.
    const [most] = contents.failures ?? []
    if (!most) return
    const words = most.key.split(/<\w+>/).reduce((a, b) => (b.length > a.length ? b : a))
    const having = plain.filter(line => {
      const { level, message } = ERROR_LINE.exec(line)!.groups!
      return ['emerg', 'alert', 'crit', 'error'].includes(level!) && message!.includes(words)
    })
    expect(most.count).toBeLessThanOrEqual(having.length)
    expect(most.count).toBeGreaterThan(0)
  })
})
