import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { makeFolder } from './folders.ts'

const base = mkdtempSync(join(tmpdir(), 'visor-folders-'))
afterAll(() => rmSync(base, { recursive: true }))

describe('a folder', () => {
  it('is made with those above it, private, and may be there', () => {
    const path = join(base, 'a', 'b', 'c')
    makeFolder(path)
    makeFolder(path)
    for (const made of [path, join(base, 'a')]) expect(statSync(made).mode & 0o777).toBe(0o700)
  })

  it('is refused at once where none can be made', () => {
    writeFileSync(join(base, 'file'), '')
    const places = [join(base, 'file', 'x'), ...(existsSync('/proc') ? ['/proc/visor-none/x'] : [])]
    for (const place of places) expect(() => makeFolder(place)).toThrow(/cannot make the folder/)
  })
})
