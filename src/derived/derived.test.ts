import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FIELDS } from '../core/fields.ts'
import { remembering } from './cache.ts'
import { agentOf, countryOf, derivationOf, DERIVATIONS } from './index.ts'

/** Agents as they come, with who they are. */
const AGENTS: readonly (readonly [
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
  ['', undefined, undefined, undefined],
  ['   ', undefined, undefined, undefined]
]

describe('agentOf', () => {
  it.each(AGENTS)('%s', (agent, browser, os, bot) => expect(agentOf(agent)).toEqual({ browser, os, bot }))

  it('takes any text, and says of none that it is both a browser and a program', () => {
    const hostile = fc.oneof(
      fc.string({ maxLength: 600 }),
      fc.constantFrom('a', ';', '(', ' ', '/', 'Mozilla/5.0 (').map(text => text.repeat(50_000)),
      fc
        .tuple(fc.constantFrom(...AGENTS.map(([agent]) => agent)), fc.nat(200))
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
})

describe('countryOf', () => {
  // Addresses of well-known resolvers and of a publisher, as the registries tell them.
  it.each([
    ['8.8.8.8', 'US'],
    ['193.99.144.80', 'DE'],
    ['2001:4860:4860::8888', 'US'],
    ['::ffff:193.99.144.80', 'DE'],
    ['10.0.0.1', undefined],
    ['192.168.1.1', undefined],
    ['127.0.0.1', undefined],
    ['::1', undefined],
    ['fe80::1%eth0', undefined],
    ['fd00::1', undefined],
    ['host.example', undefined],
    ['1.2.3', undefined],
    ['', undefined],
    ["8.8.8.8'; drop table", undefined]
  ])('%s is %s', (address, country) => expect(countryOf(address)).toBe(country))
})

describe('remembering', () => {
  it('asks once for what it met lately, and holds no more than twice its size', () => {
    let asked = 0
    const lengthOf = remembering(3, text => {
      asked++
      return text.length
    })
    for (const text of ['a', 'bb', 'a', 'bb']) expect(lengthOf(text)).toBe(text.length)
    expect(asked).toBe(2)
    for (let i = 0; i < 100; i++) expect(lengthOf(`x${i}`)).toBe(`x${i}`.length)
    const before = asked
    lengthOf('a')
    expect(asked).toBe(before + 1)
  })
})

it('derived fields are those that the list of fields knows, each of the field that it says', () => {
  const listed = FIELDS.filter(({ from }) => from !== undefined)
  expect(listed.map(({ name, from }) => [name, from])).toEqual(
    DERIVATIONS.map(({ name, from }) => [name, from])
  )
  expect(derivationOf('client')).toBeUndefined()
})
