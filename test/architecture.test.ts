import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cycles, folderOf, isTest, readTable, violations } from './architecture.ts'

const MOST_LINES = 400

const read = (path: string): string => readFileSync(path, 'utf8')
const sources = new Map(
  globSync('src/**/*.{ts,tsx}')
    .sort()
    .map(path => [path, read(path)])
)
const table = readTable(read('ARCHITECTURE.md'))

describe('the house', () => {
  it('has a row for each folder, and a folder for each row', () => {
    const folders = new Set([...sources.keys()].map(folderOf))
    expect(table.map(part => part.folder).sort()).toEqual([...folders].sort())
  })

  it('imports only what the table of ARCHITECTURE.md allows', () => {
    expect(violations(table, sources)).toEqual([])
  })

  it('has no cycles', () => {
    expect(cycles(sources)).toEqual([])
  })

  it('has no file over 400 lines, and a median of about 100', () => {
    const lengths = globSync('{src,bin,test,scripts,bench}/**/*.{ts,tsx,js,css,html}')
      .map(path => ({ path, lines: read(path).split('\n').length }))
      .sort((a, b) => a.lines - b.lines)
    expect(lengths.filter(({ lines }) => lines > MOST_LINES)).toEqual([])
    expect(lengths[lengths.length >> 1]?.lines).toBeLessThanOrEqual(120)
  })

  it('keeps core pure: no package, no built-in module, no clock, no randomness', () => {
    const impure =
      /from '(?!\.)|\bDate\.now\(|\bnew Date\(\)|Math\.random|(?<!')\bprocess\.|\bperformance\.|\bconsole\./
    const found = [...sources].filter(
      ([path, text]) => folderOf(path) === 'core' && !isTest(path) && impure.test(text)
    )
    expect(found.map(([path]) => path)).toEqual([])
  })
})

describe('the check itself', () => {
  const law = readTable(
    [
      '| folder | what | may import |',
      '|---|---|---|',
      '| a | x | nothing |',
      '| b | x | a, types of c |',
      '| c | x | options of b |',
      '| d | x | all |',
      ''
    ].join('\n')
  )
  const check = (path: string, text: string): string[] => violations(law, new Map([[path, text]]))

  it.each([
    ['a value', 'src/a/x.ts', "import { y } from '../b/y.ts'\n"],
    ['a value over several lines', 'src/a/x.ts', "import {\n  type T,\n  y\n} from '../b/y.ts'\n"],
    ['a type where nothing may be imported', 'src/a/x.ts', "import type { Y } from '../b/y.ts'\n"],
    ['a lazy import', 'src/a/x.ts', "  const y = await import('../b/y.ts')\n"],
    ['a re-export', 'src/a/x.ts', "export { y } from '../b/y.ts'\n"],
    ['a side effect', 'src/a/x.ts', "import '../b/y.ts'\n"],
    ['a worker', 'src/a/x.ts', "new Worker(new URL('../b/worker.ts', import.meta.url))\n"],
    ['a value where types are allowed', 'src/b/x.ts', "import { z } from '../c/z.ts'\n"],
    ['a file that is no options.ts', 'src/c/x.ts', "import { y } from '../b/y.ts'\n"],
    ['a file outside of src', 'src/b/x.ts', "import { y } from '../../test/y.ts'\n"],
    ['a folder without a row', 'src/e/x.ts', '']
  ])('finds %s', (_, path, text) => expect(check(path, text)).toHaveLength(1))

  it.each([
    ['its own folder', 'src/a/x.ts', "import { y } from './y.ts'\n"],
    ['a row', 'src/b/x.ts', "import { y } from '../a/y.ts'\n"],
    [
      'types of a row',
      'src/b/x.ts',
      "import { type Y, type Z } from '../c/y.ts'\nexport type { Q } from '../c/q.ts'\n"
    ],
    ['options of a row', 'src/c/x.ts', "import { o } from '../b/file/options.ts'\n"],
    ['all', 'src/d/x.ts', "import { y } from '../c/y.ts'\n"],
    ['tests', 'src/a/x.test.ts', "import { y } from '../b/y.ts'\n"],
    ['packages', 'src/a/x.ts', "import { y } from 'node:fs'\n"]
  ])('lets %s pass', (_, path, text) => expect(check(path, text)).toEqual([]))

  it('finds cycles', () => {
    const circle = new Map([
      ['src/a/x.ts', "import { y } from './y.ts'\n"],
      ['src/a/y.ts', "import { z } from '../b/z.ts'\n"],
      ['src/b/z.ts', "import { x } from '../a/x.ts'\n"]
    ])
    expect(cycles(circle)).toEqual(['src/a/x.ts -> src/a/y.ts -> src/b/z.ts -> src/a/x.ts'])
  })
})
