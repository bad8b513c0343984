/**
 * Makes the rules by which user agents are classified out of the lists of isbot and bowser: `node scripts/agents/rules.ts`
 * writes src/derived/agent/rules.json. To be run when one of the packages is another version; a test says so.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { list } from 'isbot'
import { START, type AgentPattern, type AgentRule, type AgentRules } from '../../src/derived/agent/rules.ts'
import { needsOf } from './literals.ts'

const FILE = 'src/derived/agent/rules.json'

/** One of bowser's browsers or systems. */
interface Descriptor {
  readonly test: readonly RegExp[] | (() => boolean)
  readonly describe: (agent: string) => { readonly name: string }
}

/** The tests of bowser that are code: what makes them known, and a rule that asks the same of an agent alone. */
const CODE: readonly (readonly [sign: RegExp, rule: AgentPattern | undefined])[] = [
  [/hasBrand\("Vivaldi"\).*\/vivaldi\/i/s, { literals: ['vivaldi'] }],
  [
    /hasBrand\("DuckDuckGo"\).*\/\\sDdg\\\/\[\\d\.\]\+\$\/i/s,
    { literals: ['ddg/'], check: { pattern: String.raw`\sDdg\/[\d.]+$`, flags: 'i' } }
  ],
  // Known by headers that no log has.
  [/^[^/]*return parser\.hasBrand\("Brave"\);?\s*\}$/s, undefined],
  [
    /like android\/i.*\/android\/i/s,
    { literals: ['android'], check: { pattern: 'like android', flags: 'i', not: true } }
  ],
  [
    /isFirefoxOnIpad/,
    { literals: ['macintosh'], check: { pattern: String.raw`Macintosh[^]*? FxiOS[^]*?\/`, flags: '' } }
  ]
]

/** Products that bowser has no name for, by what they begin with in an agent. */
export const PRODUCTS: Readonly<Record<string, readonly string[]>> = {
  AppleCoreMedia: ['applecoremedia/'],
  Camino: ['camino/'],
  Dalvik: ['dalvik/'],
  Dillo: ['dillo/'],
  ELinks: ['elinks/', 'elinks ('],
  Galeon: ['galeon/', 'galeon;'],
  Konqueror: ['konqueror/', 'konqueror;'],
  Links: ['links (', 'links/'],
  Lynx: ['lynx/'],
  Midori: ['midori/'],
  NetFront: ['netfront/'],
  NetSurf: ['netsurf/'],
  Obigo: ['obigo'],
  OmniWeb: ['omniweb/'],
  'SEMC-Browser': ['semc-browser/'],
  'UP.Browser': ['up.browser/', 'up.link/'],
  iCab: ['icab/', 'icab '],
  w3m: ['w3m/']
}

function patternOf(pattern: RegExp): AgentPattern {
  const { literals, enough } = needsOf(pattern)
  return { literals, ...(!enough && { check: { pattern: pattern.source, flags: pattern.flags } }) }
}

function rulesOf({ test, describe }: Descriptor): AgentRule[] {
  const { name } = describe('')
  if (typeof test !== 'function') {
    const rules = test.map(pattern => ({ name, ...patternOf(pattern) }))
    return name === 'QQ Browser'
      ? [{ name: 'QQ Browser Lite', literals: ['qqbrowserlite'] }, ...rules]
      : rules
  }
  const code = String(test)
    .replaceAll(/\/\/ .*$/gm, '')
    .replaceAll("'", '"')
  const known = CODE.find(([sign]) => sign.test(code))
  if (!known) throw new Error(`the test of ${name} is code that is not known: ${code}`)
  return known[1] ? [{ name, ...known[1] }] : []
}

/** The file's text, of the packages that are installed. */
export async function rulesText(): Promise<string> {
  // The bundle hides the descriptors; their sources are in the package.
  const [browsers, systems] = await Promise.all(
    ['browsers', 'os'].map(async name => {
      const { default: all }: { default: readonly Descriptor[] } = await import(
        `bowser/src/parser-${name}.js`
      )
      return all
    })
  )
  const bots = list.map(pattern => patternOf(new RegExp(pattern, 'i')))
  const isWeak = ({ literals }: AgentPattern): boolean =>
    literals.every(literal => literal === START || literal === ';')
  const weak = bots.filter(isWeak).map(({ check }) => check?.pattern ?? '')
  const [beginnings, ends] = [
    weak.filter(pattern => pattern.startsWith('^')),
    weak.filter(pattern => !pattern.startsWith('^'))
  ]
  const loose = [
    ...beginnings.filter(pattern => /\|/.test(pattern.replaceAll(/\((?:[^()]|\([^()]*\))*\)/g, ''))),
    ...ends.filter(pattern => !pattern.endsWith(';$'))
  ]
  if (loose.length > 0)
    throw new Error(`anchored to neither the beginning nor an end behind a semicolon: ${loose[0]}`)
  const rules: AgentRules = {
    version: ['isbot', 'bowser'].map(name => `${name} ${versionOf(name)}`).join(', '),
    beginnings: beginnings.join('|'),
    ends: ends.join('|'),
    proofs: bots.flatMap(({ literals, check }) => (check ? [] : literals)),
    bots: bots.filter(pattern => pattern.check && !isWeak(pattern)),
    browsers: [
      // The last one takes any text for a browser's name.
      ...(browsers?.slice(0, -1).flatMap(rulesOf) ?? []),
      ...Object.entries(PRODUCTS).map(([name, literals]) => ({ name, literals }))
    ],
    systems: systems?.flatMap(rulesOf) ?? []
  }
  return `${JSON.stringify(rules, null, 1).replaceAll(/\n {3,}|\n {2}(?=\})/g, ' ')}\n`
}

function versionOf(name: string): string {
  const { resolve } = createRequire(import.meta.url)
  const path = resolve(name)
  const folder = path.slice(0, path.lastIndexOf(`node_modules/${name}/`) + `node_modules/${name}/`.length)
  const { version }: { version: string } = JSON.parse(readFileSync(`${folder}package.json`, 'utf8'))
  return version
}

if (import.meta.main) writeFileSync(FILE, await rulesText())
