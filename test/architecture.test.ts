import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  crumbs,
  cycles,
  folderOf,
  isTest,
  ownTimeUnits,
  readTable,
  sharedNames,
  violations
} from './architecture.ts'

const MOST_LINES = 400

/** Small files that stay where they are, and why. */
const SMALL: readonly (readonly [path: RegExp, why: string])[] = [
  [/^src\/generator\/incidents\//, 'each kind of incident is a file, and a line in index.ts'],
  [/^src\/store\/questions\//, 'each question to the store is a file, and a line in index.ts']
]

/** What `npm run proto` writes. */
const isGenerated = (path: string): boolean => path.endsWith('_pb.ts')

const read = (path: string): string => readFileSync(path, 'utf8')
const sources = new Map(
  globSync('src/**/*.{ts,tsx}')
    .sort()
    .map(path => [path, read(path)])
)
const production = new Map([...sources].filter(([path]) => !isTest(path)))
/** The kernel is in a language of its own: it cannot import, and has the names of its host. */
const isHost = ([path]: readonly [string, string]): boolean => !path.startsWith('src/scanner/kernel/')
const table = readTable(read('ARCHITECTURE.md'))

describe('the house', () => {
  it('has a row for each folder, and a folder for each row', () => {
    const folders = new Set([...sources.keys()].map(folderOf))
    expect(table.map(part => part.folder).sort()).toEqual([...folders].sort())
  })

  it('imports only what the table of ARCHITECTURE.md allows', () => {
    expect(violations(table, sources)).toEqual([])
  })

  it('has no cycles, of types neither', () => {
    expect(cycles(sources)).toEqual([])
  })

  it('exports a name from one file alone', () => {
    const shared = [...sharedNames(new Map([...production].filter(isHost)))].map(
      ([name, paths]) => `${name}: ${paths.join(' ')}`
    )
    expect(shared).toEqual([])
  })

  it('has no small file that only one beside it uses', () => {
    const found = crumbs(new Map([...sources].filter(isHost)))
    expect(found.filter(path => !SMALL.some(([pattern]) => pattern.test(path)))).toEqual([])
  })

  it('has units of time in core/time.ts alone', () => {
    const files = globSync('{src,bench,scripts,test}/**/*.{ts,tsx}').sort()
    expect(ownTimeUnits(new Map(files.map(path => [path, read(path)])))).toEqual([])
  })

  it('has no file over 400 lines, and a median of about 100', () => {
    const lengths = globSync('{src,bin,test,scripts,bench}/**/*.{ts,tsx,js,css,html}')
      .filter(path => !isGenerated(path))
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

  it('finds cycles, of types too', () => {
    const circle = new Map([
      ['src/a/x.ts', "import { y } from './y.ts'\n"],
      ['src/a/y.ts', "import type { z } from '../b/z.ts'\n"],
      ['src/b/z.ts', "import { x } from '../a/x.ts'\n"]
    ])
    expect(cycles(circle)).toEqual(['src/a/x.ts -> src/a/y.ts -> src/b/z.ts -> src/a/x.ts'])
  })

  it('finds names that two files export', () => {
    const files = new Map([
      ['src/a/x.ts', 'export interface Place {}\nexport async function open() {}\n'],
      ['src/b/y.ts', 'export const Place = 1\nexport function open(a: 1): void\nexport function open() {}\n'],
      ['src/b/z.ts', 'function Place() {}\nexport function twice(a: 1): void\nexport function twice() {}\n']
    ])
    expect([...sharedNames(files)]).toEqual([
      ['Place', ['src/a/x.ts', 'src/b/y.ts']],
      ['open', ['src/a/x.ts', 'src/b/y.ts']]
    ])
  })

  it('finds small files with a single user beside them', () => {
    const files = new Map([
      [
        'src/a/one.ts',
        "import { x } from './x.ts'\nimport { y } from './y.ts'\nimport { t } from './t.ts'\nimport { w } from '../b/w.ts'\n"
      ],
      ['src/a/two.ts', "import { y } from './y.ts'\n  await import('./late.ts')\n"],
      ['src/a/x.ts', 'small\n'],
      ['src/a/y.ts', 'small, and of two\n'],
      ['src/a/t.ts', 'small, with a test\n'],
      ['src/a/t.test.ts', "import { t } from './t.ts'\nimport { x } from './x.ts'\n"],
      ['src/a/late.ts', 'small, and loaded late\n'],
      ['src/b/w.ts', 'small, and elsewhere\n']
    ])
    expect(crumbs(files)).toEqual(['src/a/x.ts'])
    expect(crumbs(new Map([...files, ['src/a/x.ts', 'large\n'.repeat(45)]]))).toEqual([])
    const long = `${files.get('src/a/one.ts')}${'long\n'.repeat(150)}`
    expect(crumbs(new Map([...files, ['src/a/one.ts', long]]))).toEqual([])
  })

  it.each(['const HOUR = 3_600_000', 'export const SECOND = 1e6', 'const DAY_MS: Millis = 24 * HOUR'])(
    'finds %s',
    text => expect(ownTimeUnits(new Map([['src/a/x.ts', `${text}\n`]]))).toEqual(['src/a/x.ts'])
  )
})
