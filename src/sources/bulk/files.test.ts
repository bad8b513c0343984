import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { filesOf } from './files.ts'

let folder = ''
const at = (...names: string[]): string => join(folder, ...names)
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'visor-files-'))
  for (const name of ['sub/deeper', 'empty', 'odd[1]']) mkdirSync(at(name), { recursive: true })
  for (const name of [
    'b.log',
    'a.log',
    '.hidden',
    'sub/c.log',
    'sub/deeper/d.log.gz',
    'odd[1]/e.log',
    'f[1].log'
  ])
    writeFileSync(at(name), '')
  symlinkSync('..', at('sub/up'))
  symlinkSync('c.log', at('sub/linked.log'))
})
afterAll(() => rmSync(folder, { recursive: true }))

it('takes paths as they are, in their order', () => {
  expect(filesOf(['-', at('b.log'), at('missing.log'), at('a.log'), at('f[1].log')])).toEqual([
    '-',
    at('b.log'),
    at('missing.log'),
    at('a.log'),
    at('f[1].log')
  ])
})

it('takes all files of a folder, but hidden ones and folders behind links', () => {
  expect(filesOf([at('sub')])).toEqual([at('sub/c.log'), at('sub/deeper/d.log.gz'), at('sub/linked.log')])
  expect(filesOf([at('odd[1]')])).toEqual([at('odd[1]/e.log')])
})

it('takes the files that a pattern matches', () => {
  expect(filesOf([at('*.log')])).toEqual([at('a.log'), at('b.log'), at('f[1].log')])
  expect(filesOf([at('{b,a}.log')])).toEqual([at('a.log'), at('b.log')])
})

it.each(['empty', 'none-*.log'])('leaves what stands for no file to who opens it: %s', name => {
  expect(filesOf([at(name), at('a.log')])).toEqual([at(name), at('a.log')])
})

it('keeps a link to what is not there, so that it is told', () => {
  mkdirSync(at('gone'))
  writeFileSync(at('gone/a.log'), '')
  symlinkSync('nowhere', at('gone/b.log'))
  for (const path of ['gone', 'gone/*.log'])
    expect(filesOf([at(path)])).toEqual([at('gone/a.log'), at('gone/b.log')])
})
