import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { loadConfig } from '../src/config/load.ts'
import type { Config } from '../src/config/schema.ts'
import { createProgram } from '../src/cli/program.ts'
import { scenarioOptions } from '../src/generator/scenario.ts'

const PAGES = globSync(['*.md', 'docs/*.md']).sort()

interface Block {
  readonly page: string
  /** What stands behind the fence: `sh`, `yaml`, `text`, or nothing. */
  readonly info: string
  readonly text: string
}

const blocks: Block[] = PAGES.flatMap(page =>
  Array.from(
    readFileSync(page, 'utf8').matchAll(/^```(?<info>[^\n]*)\n(?<text>[^]*?)^```$/gm),
    ({ groups }) => ({
      page,
      info: groups?.['info'] ?? '',
      text: groups?.['text'] ?? ''
    })
  )
)

/** Lines of shell blocks, comments and prompts taken off. */
const lines = blocks
  .filter(({ info }) => /^(sh|bash|console)?$/.test(info))
  .flatMap(({ page, text }) =>
    text.split('\n').map(line => ({ page, line: line.replace(/^\$ | #.*$/g, '').trim() }))
  )

/** The examples of the commands' help. */
const examples = blocks.flatMap(({ page, text }) =>
  (text.split('\nExamples:\n')[1] ?? '').split('\n').map(line => ({ page, line: line.trim() }))
)

const program = createProgram({
  stdout: new Writable(),
  stderr: new Writable(),
  env: {},
  signal: new AbortController().signal,
  exitCode: 0
})

/** What is wrong with a call of Visor: a command or an option that is none. */
function mistakesIn(call: string): string[] {
  const [name = '', ...words] = call.split(/\s+/)
  const outer = program.commands.find(command => command.name() === name)
  if (name.startsWith('-') || name === '' || name === 'help') return []
  if (!outer) return [`no command ${name}`]
  const command = outer.commands.find(command => command.name() === words[0]) ?? outer
  if (outer.commands.length > 0 && command === outer && /^[a-z]/.test(words[0] ?? ''))
    return [`no command ${name} ${words[0]}`]
  const known = new Set(command.options.flatMap(({ short, long }) => [short, long]).concat('-h', '--help'))
  return words
    .filter(word => /^--?[a-z]/.test(word) && !known.has(word.split('=')[0]))
    .map(word => `no option ${word}`)
}

/** The calls of Visor in a line of shell. */
function callsIn(line: string): string[] {
  return line
    .split(/[|;&]+/)
    .flatMap(part => /^\s*(?:npx |node )?(?:bin\/visor\.js|visor)\b(.*)$/.exec(part)?.[1]?.trim() ?? [])
}

/** Whether a block of shell only reads: nothing but calls of Visor that end by themselves and leave nothing. */
function isSafe({ info, text }: Block): boolean {
  const typed = text.split('\n').filter(line => line.trim() !== '')
  return (
    info === 'sh' &&
    typed.every(line =>
      callsIn(line).some(call => /^(report|parse|formats|--help|--version)\b/.test(call))
    ) &&
    typed.every(line => !/[|&;>]/.test(line))
  )
}

describe('what the documentation tells to type', () => {
  it.each([...lines, ...examples].filter(({ line }) => callsIn(line).length > 0))(
    '$page: $line',
    ({ line }) => {
      expect(callsIn(line).flatMap(mistakesIn)).toEqual([])
    }
  )

  it('names npm scripts that are there', () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync('package.json', 'utf8'))
    const named = lines.flatMap(({ line }) =>
      Array.from(line.matchAll(/\bnpm (?:run )?(?<name>[a-z:]+)/g), ({ groups }) => groups?.['name'] ?? '')
    )
    expect(
      named.filter(
        name => !(name in scripts) && !['ci', 'install', 'i', 'run', 'pack', 'publish'].includes(name)
      )
    ).toEqual([])
  })

  it.each(blocks.filter(isSafe))('$page runs: $text', ({ text }) => {
    const visor = `visor() { bin/visor.js "$@"; }; set -euo pipefail\n`
    const { status, stderr } = spawnSync('bash', ['-c', visor + text], { encoding: 'utf8', timeout: 120_000 })
    expect(status, stderr).toBe(0)
  })

  it.each(blocks.filter(({ info }) => info === 'yaml scenario'))('$page makes: $text', ({ text }) => {
    expect(scenarioOptions.parse(parse(text)).incidents).not.toEqual([])
  })

  it.each(blocks.filter(({ info }) => info === 'yaml incident'))('$page befalls: $text', ({ text }) => {
    expect(scenarioOptions.parse({ incidents: parse(text) }).incidents).toHaveLength(1)
  })

  /** The configuration that a block is; what it wants of the environment is there. */
  function configured(text: string): Config {
    const file = join(mkdtempSync(join(tmpdir(), 'visor-readme-')), 'visor.yaml')
    writeFileSync(file, text)
    const wanted = Array.from(text.matchAll(/\$\{(?<name>\w+)\}/g), ({ groups }) => groups?.['name'] ?? '')
    try {
      return loadConfig(Object.fromEntries(wanted.map(name => [name, 'a secret text'])), file).config
    } finally {
      rmSync(dirname(file), { recursive: true })
    }
  }

  it.each(blocks.filter(({ info }) => info === 'yaml'))('$page configures: $text', ({ text }) => {
    expect(Object.keys(configured(text).sources)).not.toEqual([])
  })

  it.each(blocks.filter(({ info }) => info === 'yaml alerts'))('$page tells when: $text', ({ text }) => {
    expect(Object.keys(configured(text).alerts.rules)).not.toEqual([])
  })

  it.each(blocks.filter(({ info }) => info === 'yaml receivers'))('$page tells whom: $text', ({ text }) => {
    expect(Object.keys(configured(text).receivers)).not.toEqual(['mailbox'])
  })

  it.each(blocks.filter(({ info }) => info === 'yaml reports'))('$page reports: $text', ({ text }) => {
    expect(Object.keys(configured(text).reports)).not.toEqual([])
  })

  it('finds mistakes', () => {
    expect(callsIn('zcat a.gz | visor report - --tpo 3 | visor nope').flatMap(mistakesIn)).toEqual([
      'no option --tpo',
      'no command nope'
    ])
  })
})

it.each(PAGES)('%s links to what is there', page => {
  const links = readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|#|mailto:)(?<target>[^)#\s]+)/g)
  const missing = Array.from(links, ({ groups }) => groups?.['target'] ?? '').filter(
    target => !existsSync(join(dirname(page), target))
  )
  expect(missing).toEqual([])
})
