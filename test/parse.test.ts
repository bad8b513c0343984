import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { visor } from './visor.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'visor-parse-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('parse', () => {
  it('keeps the lines of two formats in their order, with what goes on behind an error', async () => {
    const access = '10.0.0.1 - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.0" 200 1'
    const error = '[Tue Oct 10 13:55:37.000000 2000] [core:error] [pid 1] oops'
    const log = join(folder, 'mixed.log')
    writeFileSync(log, `AH00558: x\n${access}\n${error}\n  at a\n${access}\n`)
    const { out, err } = await visor(['parse', log, '-z', 'UTC', '-f', 'common', '-f', 'error24'])
    const events = out
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
    expect(events).toMatchObject([
      { time: '2000-10-10T13:55:36Z', message: 'AH00558: x' },
      { path: '/' },
      { time: '2000-10-10T13:55:37Z', message: 'oops', details: '  at a' },
      { path: '/' }
    ])
    expect(err).toBe('4 read, 4 parsed, 0 rejected\n')
  })

  it('--explain shows what fills which field, and where a line breaks', async () => {
    const log = join(folder, 'broken.log')
    writeFileSync(log, '10.0.0.1 - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.0" x 1\n')
    const { out } = await visor(['parse', '--explain', '-f', 'common', log])
    expect(out).toMatch(/^ {2}1-8 +%h +client +10\.0\.0\.1$/m)
    expect(out).toMatch(/^ {2}broken in %>s at column 60: status is no number$/m)
  })
})
