import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Analysis } from '../src/core/analysis.ts'
import { ranked, totalOf, type Cell } from '../src/core/rollup.ts'
import { analyze } from '../src/engines/embedded/bulk.ts'

/*
 * What Visor counts in real logs of others, against counts taken with tools that share no code with it: awk over
 * every file, DuckDB's own CSV reader over the combined ones.
 */
const DATA = '../shared/data'
const logs = (kind: string): string[] =>
  existsSync(join(DATA, kind)) ? readdirSync(join(DATA, kind)).filter(name => name.endsWith('.log')) : []

/** A suite for each log, or one skipped by name where there are none. */
function describeEach(names: readonly string[], title: string, suite: (name: string) => void): void {
  if (names.length > 0) describe.each(names)(title, suite)
  else it.skip(title.replace('%s', `(${DATA} is absent)`))
}

/** Lines that do not follow their format, as read by eye: a missing closing quote. */
const REJECTED: Readonly<Record<string, readonly number[]>> = {
  'semicomplete-2015.combined.log': [8899]
}

const analyses = new Map<string, Analysis>()
async function analysisOf(path: string): Promise<Analysis> {
  const known = analyses.get(path) ?? (await analyze([path], { signal: new AbortController().signal }))
  analyses.set(path, known)
  return known
}

function cell(analysis: Analysis, metric: string): Cell {
  const found = [...analysis.rollup.values()].find(cell => cell.metric === metric && cell.window === -1)
  if (!found) throw new Error(`nothing was counted for ${metric}`)
  return found
}

const counts = (analysis: Analysis, metric: string): Record<string, number> =>
  Object.fromEntries(ranked(cell(analysis, metric)).map(({ key, count }) => [key, count]))

/** Runs awk over the lines of a file that Visor is known to reject not; the program prints `key TAB count`. */
function awk(path: string, program: string, begin = ''): Record<string, number> {
  const rejected = REJECTED[path.split('/').at(-1) ?? ''] ?? []
  const guard = rejected.map(line => `NR==${line}{next}`).join(' ')
  const text = `BEGIN{${begin}} ${guard} {sub(/\\r$/,"")} length($0)==0{next} ${program}`
  const output = execFileSync('awk', [text, path], {
    encoding: 'latin1',
    maxBuffer: 1 << 28,
    env: { LC_ALL: 'C' }
  })
  const pairs = output
    .split('\n')
    .filter(line => line !== '')
    .map(line => line.split('\t'))
  return Object.fromEntries(
    pairs.map(([key = '', count]) => [Buffer.from(key, 'latin1').toString('utf8'), Number(count)])
  )
}

const tally = (key: string): string => `{n[${key}]++} END{for(k in n) print k "\\t" n[k]}`

/** Cuts an access line at its unescaped quotes: `r` is the request, `s[1]` and `s[2]` are status and bytes. */
const CUT = `{line=$0; gsub(/\\\\\\\\/,"\\002",line); gsub(/\\\\"/,"\\001",line); split(line,q,"\\""); r=q[2]; split(q[3],s," ")}`

/**
 * The path of a request `r`: between method and protocol, without its query. What is no request (`HTTP/V1.0`, a space
 * behind the path and nothing more) has none.
 */
const PATH = `{m=split(r,t," "); p=r; sub(/^[^ ]+ /,"",p)} r=="-"||m<2{next}  t[m]~/^HTTP\\/[0-9.]+$/{sub(/ HTTP\\/[0-9.]+$/,"",p)} t[m]!~/^HTTP\\/[0-9.]+$/ && (m!=2 || r~/ .* /){next} {sub(/\\?.*/,"",p); gsub(/\\002/,"\\\\",p); gsub(/\\001/,"\\"",p)}`

/** Paths without escapes: awk resolves no \\xHH, so the others are compared by their number alone. */
const plain = (paths: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(paths).filter(([path]) => /^[\x20-\x5b\x5d-\x7e]*$/.test(path)))

const sum = (paths: Record<string, number>): number => Object.values(paths).reduce((a, b) => a + b, 0)

const sorted = (numbers: Record<string, number>): number[] => Object.values(numbers).sort((a, b) => a - b)

describeEach(logs('access'), 'access log %s', name => {
  const path = join(DATA, 'access', name)
  let analysis: Analysis
  beforeAll(async () => {
    analysis = await analysisOf(path)
  })

  it('reads every line, and the counters balance', () => {
    const { read, parsed, rejected, late } = analysis.counters
    const lines = awk(path, tally('"lines"'))['lines'] ?? 0
    const known = REJECTED[name] ?? []
    expect(parsed).toBe(lines)
    expect(analysis.files[0]?.firstRejected.map(({ line }) => line)).toEqual(known)
    expect(read).toBe(parsed + rejected + late)
    expect(read).toBe(lines + known.length)
  })

  it('counts status like awk', () =>
    expect(counts(analysis, 'status')).toEqual(awk(path, CUT + tally('s[1]'))))

  it('sums bytes like awk', () =>
    expect(totalOf(cell(analysis, 'bytes')).sum).toBe(
      awk(path, `${CUT} {b+=s[2]} END{printf "bytes\\t%.0f\\n", b}`)['bytes']
    ))

  it('counts clients like awk', () =>
    expect(counts(analysis, 'client')).toEqual(awk(path, tally(name.includes('vhost') ? '$2' : '$1'))))

  it('counts paths like awk', () => {
    const ours = counts(analysis, 'path')
    const theirs = awk(path, CUT + PATH + tally('p'))
    expect(plain(ours)).toEqual(plain(theirs))
    expect(sum(ours)).toBe(sum(theirs))
  })
})

const combined = logs('access').filter(name => name.endsWith('.combined.log') && !name.startsWith('shop'))
describeEach(combined, 'combined log %s by the CSV reader of DuckDB', name => {
  const path = join(DATA, 'access', name)

  it('has the same lines, statuses, bytes, clients and agents', async () => {
    const analysis = await analysisOf(path)
    const text = readFileSync(path, 'latin1')
      .split('\n')
      .filter((_line, i) => !(REJECTED[name] ?? []).includes(i + 1))
    const clean = join(mkdtempSync(join(tmpdir(), 'visor-truth-')), name)
    writeFileSync(clean, text.join('\n'), 'latin1')
    const connection = await (await DuckDBInstance.create(':memory:')).connect()
    const columns = [
      'client',
      'ident',
      'login',
      'day',
      'zone',
      'request',
      'status',
      'bytes',
      'referrer',
      'agent'
    ]
    const names = columns.map(column => `'${column}': 'VARCHAR'`).join(', ')
    await connection.run(
      `create table log as select * from read_csv('${clean}', header = false, delim = ' ', quote = '"', escape = '\\',
        auto_detect = false, strict_mode = false, ignore_errors = true, null_padding = false, columns = {${names}})`
    )
    const rows = async (sql: string): Promise<Record<string, number>> => {
      const reader = await connection.runAndReadAll(sql)
      return Object.fromEntries(reader.getRows().map(([key, count]) => [String(key), Number(count)]))
    }
    expect(await rows(`select 'lines', count(*) from log`)).toEqual({ lines: analysis.counters.parsed })
    expect(await rows('select status, count(*) from log group by all')).toEqual(counts(analysis, 'status'))
    expect(await rows('select client, count(*) from log group by all')).toEqual(counts(analysis, 'client'))
    expect(await rows(`select 'bytes', sum(try_cast(bytes as bigint)) from log`)).toEqual({
      bytes: totalOf(cell(analysis, 'bytes')).sum
    })
    const agents = await rows(`select agent, count(*) from log where agent <> '-' group by all`)
    expect(sorted(agents)).toEqual(sorted(counts(analysis, 'agent')))
  })
})

describeEach(logs('error'), 'error log %s', name => {
  const path = join(DATA, 'error', name)

  it('counts lines and levels like awk', async () => {
    const analysis = await analysisOf(path)
    const level = `match($0,/\\[([a-z_0-9-]*:)?(emerg|alert|crit|error|warn|notice|info|debug|trace[1-8])\\]/){l=substr($0,RSTART+1,RLENGTH-2); sub(/.*:/,"",l); n[l]++} END{for(k in n) print k "\\t" n[k]}`
    expect(counts(analysis, 'level')).toEqual(awk(path, level))
    const { counters } = analysis
    // Lines of the start-up have no header, but a message like all others.
    const lines = awk(path, tally('"lines"'))['lines']
    expect([counters.read, counters.parsed, totalOf(cell(analysis, 'message')).count]).toEqual([
      lines,
      lines,
      lines
    ])
  })

  it('counts clients like awk', async () => {
    const analysis = await analysisOf(path)
    const client = `match($0,/\\[client [^ \\]]+\\]/){c=substr($0,RSTART+8,RLENGTH-9); if (c ~ /\\..*:[0-9]+$/) sub(/:[0-9]+$/,"",c); n[c]++} END{for(k in n) print k "\\t" n[k]}`
    const theirs = awk(path, client)
    if (Object.keys(theirs).length === 0) expect(analysis.files[0]?.counters.parsed).toBeGreaterThan(0)
    else expect(counts(analysis, 'client')).toEqual(theirs)
  })
})
