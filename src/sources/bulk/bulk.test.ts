import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Source } from '../../core/source.ts'
import { MINUTE_MS } from '../../core/time.ts'
import { takeLines } from '../contract.ts'
import { inspectBulk, openBulk, splitRanges } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'visor-bulk-'))
let files = 0

function file(content: string | Uint8Array): string {
  const path = join(folder, `${files++}.log`)
  writeFileSync(path, content)
  return path
}

async function linesOf(source: Source, into: string[] = [], bufferSize = 256): Promise<string[]> {
  try {
    for await (const streams of source.ready(new AbortController().signal))
      for (const stream of streams) into.push(...takeLines(stream, bufferSize))
  } finally {
    await source.close()
  }
  return into
}

const numbered = Array.from({ length: 50_000 }, (_, i) => `${i} ${'.'.repeat(i % 40)}`)

describe('bulk reading', () => {
  it.each([
    ['plain', (text: string) => text],
    ['gzip', (text: string) => gzipSync(text)],
    [
      'gzip of many members',
      (text: string) => Buffer.concat(Array.from(text.match(/[^]{1,70000}/g) ?? [], part => gzipSync(part)))
    ]
  ])('gives every line, the unterminated last one too: %s', async (_, pack) => {
    expect(await linesOf(openBulk(file(pack(numbered.join('\n')))))).toEqual(numbered)
  })

  it('gives an empty file no lines', async () => {
    expect(await linesOf(openBulk(file('')))).toEqual([])
    expect(await linesOf(openBulk(file(gzipSync(''))))).toEqual([])
  })

  it('cuts a file into ranges that own each line once, wherever the cuts fall', async () => {
    const lines = fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 30 }), {
      maxLength: 40
    })
    await fc.assert(
      fc.asyncProperty(lines, fc.boolean(), fc.integer({ min: 1, max: 12 }), async (lines, ended, parts) => {
        const path = file(lines.join('\n') + (ended && lines.length > 0 ? '\n' : ''))
        const { size = 0 } = inspectBulk(path)
        const found: string[] = []
        for (const range of splitRanges(size, parts, 1)) await linesOf(openBulk(path, range), found, 16)
        expect(found).toEqual(lines)
      }),
      { seed: 7, numRuns: 200 }
    )
  })

  it.each([
    ['cut off', (packed: Buffer) => packed.subarray(0, packed.length / 2)],
    ['damaged', (packed: Buffer) => packed.fill(0xff, packed.length >> 1, (packed.length >> 1) + 100)]
  ])('gives the lines before the place where a gzip file is %s', async (_, spoil) => {
    const path = file(spoil(gzipSync(numbered.join('\n'))))
    const found: string[] = []
    await expect(linesOf(openBulk(path), found)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
    expect(found.slice(0, 20_000)).toEqual(numbered.slice(0, 20_000))
  })

  it.each([
    ['a missing file', () => join(folder, 'missing'), 'FILE_MISSING'],
    ['a folder', () => folder, 'FILE_UNREADABLE'],
    ['another compression', () => file(Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0])), 'FILE_UNREADABLE']
  ])('refuses %s', (_, path, code) => {
    expect(() => openBulk(path())).toThrow(expect.objectContaining({ code }))
  })
})

// In a process of its own: who opens a pipe without a writer waits for one, and could not be stopped.
it.skipIf(process.platform === 'win32')('looks at a named pipe without waiting for a writer', () => {
  const pipe = join(mkdtempSync(join(tmpdir(), 'visor-bulk-')), 'pipe')
  execFileSync('mkfifo', [pipe])
  const module = JSON.stringify(new URL('index.ts', import.meta.url).href)
  const script = `import { inspectBulk } from ${module}; console.log(JSON.stringify(inspectBulk(${JSON.stringify(pipe)})))`
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    timeout: MINUTE_MS / 4
  })
  expect(run).toMatchObject({ status: 0, stdout: '{"splittable":false}\n' })
})
