import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Flag } from '../core/batch.ts'
import { Scanner } from '../scanner/index.ts'
import { formatFor } from './index.ts'

const DATA = '../shared/data'

interface Reading {
  lines: number
  rejected: number
  /** Lines that are not canonical, and lines that are but were printed otherwise. */
  kept: number
  different: number
}

/** Scans a whole file and prints each line back out of its raw values. */
function readFile(path: string, text: string): Reading {
  const format = formatFor(text)
  const scanner = new Scanner([format.program], { zone: 'UTC' })
  const bytes = readFileSync(path)
  const reading = { lines: 0, rejected: 0, kept: 0, different: 0 }
  for (let at = 0; at < bytes.length;) {
    const input = scanner.input()
    const part = bytes.subarray(at, at + input.length)
    input.set(part)
    scanner.filled(part.length)
    at += part.length
    for (let more = true; more;) {
      const scan = scanner.scan({ final: at === bytes.length })
      const [batch] = scan.batches
      if (!batch) break
      more = scan.more
      reading.lines += batch.rows + scan.rejected.length
      reading.rejected += scan.rejected.length
      for (let row = 0; row < batch.rows; row++) {
        const get = (field: string): number | Uint8Array | null => {
          const column = batch.columns.get(field)
          if (column?.type === 'number') return column.values[row] ?? null
          const code = column?.codes[row] ?? 0
          return column && code > 0 ? column.dictionary.bytes(code) : null
        }
        const printed = format.printRaw({ time: batch.time[row] ?? 0, zone: batch.zone[row] ?? 0, get })
        const line = scanner.bytes(batch.start[row] ?? 0, batch.length[row] ?? 0)
        if ((batch.flags[row] ?? 0) & Flag.notCanonical) reading.kept++
        else if (Buffer.compare(printed, line) !== 0) reading.different++
      }
    }
  }
  return reading
}

describe('real logs come back byte for byte', () => {
  const cases: [file: string, format: string, lines: number, rejected: number][] = [
    ['access/semicomplete-2015.combined.log', 'combined', 10_000, 1],
    ['access/company-2013.combined.log', 'combined', 13_960, 0],
    ['access/farm-a.combined.log', 'combined', 118, 0],
    ['access/farm-b.combined.log', 'combined', 747, 0],
    ['access/farm-a.vhost_combined.log', 'vhost_combined', 201, 0],
    ['access/farm-b.vhost_combined.log', 'vhost_combined', 600, 0],
    ['access/farm-b.common.log', 'common', 840, 0],
    ['access/monitorware-2004.common.log', 'common', 1536, 0],
    ['access/nasa-1995-a.common.log', 'common', 13_376, 0],
    ['access/shop-2019.combined.log', 'forwarded', 1000, 0],
    ['access/stack-2017.combined.log', 'combined', 3420, 0],
    ['access/stack-2017.nginx.log', 'forwarded', 3420, 0],
    ['error/loghub-2k.error20.log', 'error22', 2000, 0],
    ['error/stack-2017.error24.log', 'error24', 22, 4],
    ['error/farm-b.error24.log', 'error24', 6, 0],
    [
      'error/farm-b.error24.log',
      String.raw`ErrorLogFormat "[%{u}t] [%-m:%l] [pid %P:tid %T] %7F: %E: [client\ %a] %M% ,\ referer\ %{Referer}i"`,
      6,
      0
    ]
  ]
  for (const [file, format, lines, rejected] of cases) {
    const path = `${DATA}/${file}`
    it.skipIf(!existsSync(path))(`${file} as ${format}`, () => {
      expect(readFile(path, format)).toEqual({ lines, rejected, kept: 0, different: 0 })
    })
  }
})
