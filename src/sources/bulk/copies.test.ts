import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, it } from 'vitest'
import { withoutCopies } from './copies.ts'

const folder = mkdtempSync(join(tmpdir(), 'visor-copies-'))
const at = (name: string): string => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true }))

it('leaves out what another file has, and nothing else', () => {
  const [lines, more] = ['first\nsecond\n', 'third\n']
  const files = {
    'copied.log': lines,
    'copied.log.gz': gzipSync(lines),
    'grown.log': lines + more,
    'grown.log.gz': gzipSync(lines),
    // As rotation leaves it: the name is the same, the lines are not.
    'rotated.log': more,
    'rotated.log.gz': gzipSync(lines),
    'other.log': 'FIRST\nsecond\n',
    'other.log.gz': gzipSync(lines),
    'broken.log': lines,
    'broken.log.gz': 'no'
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content)
  symlinkSync('copied.log', at('linked.log'))
  const names = [...Object.keys(files), 'linked.log', 'missing.log', 'missing.log.gz'].map(at)
  expect(withoutCopies(names)).toEqual({
    files: names.filter(name => !/(copied|grown)\.log\.gz|linked/.test(name)),
    copies: [
      { path: at('linked.log'), of: at('copied.log') },
      { path: at('copied.log.gz'), of: at('copied.log') },
      { path: at('grown.log.gz'), of: at('grown.log') }
    ]
  })
  expect(withoutCopies(['-', at('copied.log.gz')])).toEqual({ files: ['-', at('copied.log.gz')], copies: [] })
})
