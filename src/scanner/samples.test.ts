import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Program, Step } from '../core/program.ts'
import { referenceScan } from './testing/reference-scan.ts'
import { Scanner } from './scanner.ts'
import { PROGRAMS } from './testing/programs.ts'
import { scanAgain } from './testing/results.ts'

/** Bytes of each log that are compared with the reference, which is slow. */
const COMPARED = 200_000

const data = '../shared/data'
const missing = !existsSync(data)

/** Combined with one more quoted field. */
const forwarded: readonly Step[] = [
  ...PROGRAMS.combined.steps.slice(0, -1),
  { op: 'literal', text: '" "' },
  { op: 'text', field: 'forwarded', until: '"', quoted: true },
  { op: 'literal', text: '"' }
]

function programOf(file: string): Program {
  if (file.startsWith('shop') || file.endsWith('.nginx.log')) return { steps: forwarded, zoned: true }
  const name = /\.(common|combined|vhost|error)/.exec(file)?.[1]
  if (name === 'vhost')
    return { steps: [...PROGRAMS.vhost.steps, ...PROGRAMS.combined.steps.slice(13)], zoned: true }
  if (name === 'error') return file.includes('error20') ? PROGRAMS.error22 : PROGRAMS.error24
  return name === 'common' ? PROGRAMS.common : PROGRAMS.combined
}

/** How many lines do not follow the format: one lacks a closing quote, four come before the server's log is open. */
const rejectedIn: Readonly<Record<string, number>> = {
  'semicomplete-2015.combined.log': 1,
  'stack-2017.error24.log': 4
}

const files = missing
  ? []
  : ['access', 'error'].flatMap(folder =>
      readdirSync(`${data}/${folder}`).map(file => [folder, file] as const)
    )

describe.skipIf(missing)('real logs', () => {
  it.each(files.filter(([, file]) => file.endsWith('.log')))('%s/%s', (folder, file) => {
    const bytes = readFileSync(`${data}/${folder}/${file}`)
    const program = { ...programOf(file), zoned: true }
    const lines = bytes
      .toString('latin1')
      .split(/\r?\n/)
      .filter(line => line !== '').length
    const { events, rejections } = scanAgain(new Scanner([program], { chunk: 10_000 }), bytes)
    expect(events.length + rejections.length).toBe(lines)
    expect(rejections.length).toBe(rejectedIn[file] ?? 0)
    // The last one may be cut off.
    const wanted = referenceScan([program], bytes.subarray(0, COMPARED)).events.slice(0, -1)
    expect(events.slice(0, wanted.length)).toEqual(wanted)
  })
})
