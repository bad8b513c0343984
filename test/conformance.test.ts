import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { analyze } from '../src/engines/embedded/bulk.ts'
import { differenceOf } from './conformance/compare.ts'
import { PEERS, type Case } from './conformance/peers.ts'

/*
 * The test cases of other parsers of these logs, asked of Visor. Each difference stands in docs/conformance.md with its
 * reason, and nothing stands there that is none.
 */
const DATA = '../shared/data'
const DOCUMENT = readFileSync('docs/conformance.md', 'utf8')

/** The rows of a table of the document whose first cells are as given. */
function rowsOf(heading: string): string[][] {
  const part = DOCUMENT.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  return Array.from(part.matchAll(/^\| (?!---|peer |file )(.*) \|$/gm), ([, row = '']) =>
    row.split(' | ')
  ).slice(0)
}

const explained = new Map(
  rowsOf('Differences').map(([peer = '', lines = '', ...reason]) => [`${peer} ${lines}`, reason.join('')])
)
const explainedLines = new Set(
  rowsOf('Differences').flatMap(([peer = '', lines = '']) => lines.split(', ').map(line => `${peer}:${line}`))
)

describe.skipIf(!existsSync(join(DATA, 'conformance')))('cases of other parsers', () => {
  const agreed = new Map<string, [agreed: number, all: number]>()
  afterAll(() => {
    for (const [peer, [count, all]] of agreed) console.log(`conformance: ${peer} ${count} of ${all}`)
  })

  it.each(Object.entries(PEERS))(
    '%s: all agree but those that docs/conformance.md explains',
    (name, peer) => {
      const lines = readFileSync(join(DATA, 'conformance', `${name}.jsonl`), 'utf8')
        .trimEnd()
        .split('\n')
      const cases: Case[] = lines.map(line => JSON.parse(line))
      const differences = cases.flatMap((test, i) => {
        const difference = differenceOf(test, peer)
        return difference === undefined ? [] : [{ at: `${name}:${i + 1}`, difference }]
      })
      agreed.set(name, [cases.length - differences.length, cases.length])
      expect(differences.filter(({ at }) => !explainedLines.has(at))).toEqual([])
      const found = differences.map(({ at }) => at)
      expect([...explainedLines].filter(at => at.startsWith(`${name}:`) && !found.includes(at))).toEqual([])
      expect(rowsOf('Agreement')).toContainEqual([
        name,
        String(cases.length),
        String(cases.length - differences.length)
      ])
    }
  )

  it('are all asked, and each reason is one', () => {
    const rows = rowsOf('Agreement')
    expect(rows.map(([name]) => name)).toEqual(Object.keys(PEERS))
    const [all = 0, count = 0] = [1, 2].map(cell => rows.reduce((sum, row) => sum + Number(row[cell]), 0))
    expect(DOCUMENT).toContain(`\n${count} of ${all}.\n`)
    for (const reason of explained.values()) expect(reason.length).toBeGreaterThan(20)
  })
})

describe.skipIf(!existsSync(join(DATA, 'access')))('real logs of others', () => {
  it.each(rowsOf('Real logs'))(
    '%s: %s lines read as %s, %s rejected',
    async (file, lines, format, rejected) => {
      const { counters, files } = await analyze([join(DATA, file ?? '')], {
        signal: new AbortController().signal
      })
      expect([counters.read, files[0]?.format.name, counters.rejected].map(String)).toEqual([
        lines?.replace(',', ''),
        format,
        rejected
      ])
    }
  )
})
