import { describe, expect, it } from 'vitest'
import { LINE_FIELDS } from '../core/fields.ts'
import { derivedContract } from './contract.ts'
import { countryOf } from './country.ts'
import { DERIVATIONS, derivationOf, fieldInfo, FIELDS } from './index.ts'
import { AGENTS } from './testing/agents.ts'

/** Texts that are met in logs, by the field that they stand in. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  agent: AGENTS,
  client: ['8.8.8.8', '193.99.144.80', '2001:4860:4860::8888', '::ffff:193.99.144.80', 'host.example'],
  message: [
    'AH01102: error reading status line from remote server localhost:3000',
    'AH00490: Server built: Jun  7 2016 17:55:26',
    'open() "/usr/share/nginx/html/favicon.ico" failed (2: No such file or directory)'
  ]
}

for (const derivation of DERIVATIONS) derivedContract(derivation, TEXTS[derivation.from] ?? [])

describe('countryOf', () => {
  // Addresses of well-known resolvers and of a publisher, as the registries have them.
  it.each([
    ['8.8.8.8', 'US'],
    ['193.99.144.80', 'DE'],
    ['2001:4860:4860::8888', 'US'],
    ['2001:4860:4860:0:0:0:0:8888', 'US'],
    ['2A00:1450:4001:0:0:0:0:1', 'IE'],
    ['::ffff:193.99.144.80', 'DE'],
    ['10.0.0.1', undefined],
    ['192.168.1.1', undefined],
    ['192.0.2.77', undefined],
    ['127.0.0.1', undefined],
    ['255.255.255.255', undefined],
    ['::', undefined],
    ['::1', undefined],
    ['fe80::1%eth0', undefined],
    ['fd00::1', undefined],
    ['2001:db8::1', undefined],
    ['::ffff:10.0.0.1', undefined],
    ['host.example', undefined],
    ['1.2.3', undefined],
    ['8.8.8.8.', undefined],
    ['8.8.8.08', undefined],
    ['8.8.8.256', undefined],
    ['', undefined],
    ["8.8.8.8'; drop table", undefined]
  ])('%s is %s', (address, country) => expect(countryOf(address)).toBe(country))
})

it('derived fields have names of their own, and are known like all others', () => {
  const names = FIELDS.map(({ name }) => name)
  expect(new Set(names).size).toBe(LINE_FIELDS.length + DERIVATIONS.length)
  for (const { name } of DERIVATIONS) expect(fieldInfo(name)).toBe(derivationOf(name))
  expect(derivationOf('client')).toBeUndefined()
})
