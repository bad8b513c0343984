import { readdirSync, existsSync, readFileSync } from 'node:fs'
import Bowser from 'bowser'
import fc from 'fast-check'
import { isbot, isbotMatch } from 'isbot'
import { describe, expect, it } from 'vitest'
import { PRODUCTS as LITERALS, rulesText } from '../../../scripts/agents/rules.ts'
import { AGENTS } from '../testing/agents.ts'
import { agentOf, AGENT_DERIVATIONS } from './index.ts'
import rules from './rules.json' with { type: 'json' }

/** Agents as they come, with who they are. */
const CASES: readonly (readonly [
  agent: string,
  browser: string | undefined,
  os: string | undefined,
  bot: string | undefined
])[] = [
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36',
    'Chrome',
    'Windows',
    undefined
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0',
    'Microsoft Edge',
    'Windows',
    undefined
  ],
  [
    'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0',
    'Firefox',
    'Linux',
    undefined
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Mobile/15E148 Safari/604.1',
    'Safari',
    'iOS',
    undefined
  ],
  // As IIS writes it.
  [
    'Mozilla/5.0+(Macintosh;+Intel+Mac+OS+X+10.15;+rv:120.0)+Gecko/20100101+Firefox/120.0',
    'Firefox',
    'macOS',
    undefined
  ],
  [
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    undefined,
    undefined,
    'Googlebot'
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 6_0 like Mac OS X) AppleWebKit/536.26 (KHTML, like Gecko) Version/6.0 Mobile/10A5376e Safari/8536.25 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    undefined,
    undefined,
    'Googlebot'
  ],
  [
    'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
    undefined,
    undefined,
    'bingbot'
  ],
  ['Mozilla/5.0 (compatible; Ezooms/1.0; help@moz.com)', undefined, undefined, 'Ezooms'],
  ['curl/8.5.0', undefined, undefined, 'curl'],
  ['Go-http-client/1.1', undefined, undefined, 'Go-http-client'],
  ['python-requests/2.31.0', undefined, undefined, 'python-requests'],
  // A sign that is a piece of an address is no name, and neither is what all call themselves.
  ['Mozilla/5.0 (compatible; +http://tweets.example)', undefined, undefined, 'other'],
  ['Mozilla/5.0', undefined, undefined, 'other'],
  // The sign stands in the name.
  [
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Perplexity-User/1.0; +https://perplexity.ai/user)',
    undefined,
    undefined,
    'Perplexity-User'
  ],
  // Products: known, unknown, none but Mozilla.
  ['Lynx/2.8.7rel.2 libwww-FM/2.14 SSL-MM/1.4.1 OpenSSL/1.0.1f', 'Lynx', undefined, undefined],
  [
    'Mozilla/5.0 (compatible; Konqueror/3.5; OpenBSD) KHTML/3.5.9 (like Gecko)',
    'Konqueror',
    undefined,
    undefined
  ],
  ['Frobnicator/1.0 (Linux x86_64)', 'other', 'Linux', undefined],
  ['Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101', undefined, 'Linux', undefined],
  // What digits alone decide.
  ['Mozilla/5.0 (X11; 24x7 wanted) Gecko/20100101', undefined, undefined, '24x7'],
  ['Mozilla/5.0 (X11; 25x7 wanted) Gecko/20100101', undefined, undefined, undefined],
  ['', undefined, undefined, undefined],
  ['   ', undefined, undefined, undefined]
]

describe('agentOf', () => {
  it.each(CASES)('%s', (agent, browser, os, bot) => expect(agentOf(agent)).toEqual({ browser, os, bot }))

  it('takes any text, and says of none that it is both a browser and a program', () => {
    const hostile = fc.oneof(
      fc.string({ maxLength: 600 }),
      fc.constantFrom('a', ';', '(', ' ', '/', 'Mozilla/5.0 (').map(text => text.repeat(50_000)),
      fc
        .tuple(fc.constantFrom(...CASES.map(([agent]) => agent)), fc.nat(200))
        .map(([agent, cut]) => agent.slice(cut))
    )
    fc.assert(
      fc.property(hostile, text => {
        const { browser, bot } = agentOf(text)
        expect(browser === undefined || bot === undefined).toBe(true)
        for (const name of [browser, bot])
          expect(name === undefined || (name !== '' && name.length <= 512)).toBe(true)
      }),
      { seed: 6, numRuns: 500 }
    )
  })

  it('knows a bounded number of browsers and systems, whatever a client makes up', () => {
    const product = fc.stringMatching(/^[A-Za-z]{3,12}$/)
    const [browsers, systems] = [new Set<string | undefined>(), new Set<string | undefined>()]
    fc.assert(
      fc.property(product, product, product, (one, other, system) => {
        for (const text of [
          `${one}/1.0 (${system})`,
          `Mozilla/5.0 (${system}) ${one}/2 (${other})`,
          `${one}/3 ${other}`
        ]) {
          const { browser, os } = agentOf(text)
          browsers.add(browser)
          systems.add(os)
        }
      }),
      { seed: 8, numRuns: 2000 }
    )
    expect(browsers.size).toBeLessThan(10)
    expect(systems.size).toBeLessThan(10)
    expect(browsers).toContain('other')
  })
})

const PRODUCTS = new Set(Object.keys(LITERALS))
const names = new Set(rules.browsers.map(({ name }) => name))

/** Who the libraries say that an agent is; `other` for a name that bowser makes of the text itself. */
function libraries(text: string): readonly unknown[] {
  const agent = (text.includes(' ') ? text : text.replaceAll('+', ' ')).slice(0, 512)
  if (agent.trim() === '') return [false, undefined, undefined]
  if (isbot(agent)) return [true, undefined, undefined]
  const parser = Bowser.getParser(agent, true)
  const name = parser.getBrowserName()
  const browser = name === '' || name === 'Mozilla' ? undefined : names.has(name) ? name : 'other'
  return [false, browser, parser.getOSName() || undefined]
}

/** The same of ours; `other` for products that bowser does not know. */
function ours(text: string): readonly unknown[] {
  const { browser, os, bot } = agentOf(text)
  return [bot !== undefined, browser !== undefined && PRODUCTS.has(browser) ? 'other' : browser, os]
}

describe('the rules', () => {
  it('are those of the packages that are installed: else run node scripts/agents/rules.ts', async () => {
    expect(readFileSync('src/derived/agent/rules.json', 'utf8')).toBe(await rulesText())
  })

  it.each(AGENTS)('and the libraries say the same of %s', agent => {
    expect(ours(agent)).toEqual(libraries(agent))
  })

  it('and the libraries say the same of agents cut and put together', () => {
    const piece = fc.tuple(fc.constantFrom(...AGENTS), fc.nat(120), fc.nat(120))
    const text = fc
      .tuple(piece, fc.constantFrom('', ' ', '/', ';', '(', 'é', 'ſ', 'K', '1.0;', 'bot', '24x7'), piece)
      .map(
        ([[one, from, length], middle, [other, start]]) =>
          one.slice(from).slice(0, length) + middle + other.slice(start)
      )
    fc.assert(
      fc.property(text, agent => {
        expect(ours(agent)).toEqual(libraries(agent))
      }),
      { seed: 9, numRuns: 2000 }
    )
  })

  const data = '../shared/data/access'
  it.skipIf(!existsSync(data))(
    'and the libraries say the same of at least 99 % of the agents of real logs',
    () => {
      const agents = new Set<string>()
      for (const file of readdirSync(data))
        for (const [, agent = ''] of readFileSync(`${data}/${file}`, 'latin1').matchAll(/"([^"\n]*)"$/gm))
          agents.add(agent)
      const different = Array.from(agents).filter(agent => String(ours(agent)) !== String(libraries(agent)))
      expect(different.length).toBeLessThan(agents.size / 100)
    }
  )
})

it('names of programs are those that they begin with, or that hold what gives them away', () => {
  for (const agent of AGENTS) {
    const { bot } = agentOf(agent)
    if (bot === undefined || bot === 'other') continue
    expect(agent.replaceAll('+', ' ')).toContain(bot)
    expect(isbotMatch(agent)).not.toBeNull()
  }
})

it('the derived fields are the parts of one answer', () => {
  for (const agent of AGENTS) {
    const { browser, os, bot } = agentOf(agent)
    expect(AGENT_DERIVATIONS.map(derivation => derivation.derive(agent))).toEqual([browser, os, bot])
  }
})
