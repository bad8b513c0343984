import fc from 'fast-check'
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
  path: ['/', '/index.html', '/a/logo.PNG', '/.env', '/%2e%2e/%2e%2e/etc/passwd', '/wp-login.php', '/v1.2/x'],
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

describe('what a path is for', () => {
  it.each([
    ['/', 'page', undefined],
    ['', 'page', undefined],
    ['/shop/cart', 'page', undefined],
    ['/v1.2/items', 'page', undefined],
    ['/index.html', 'page', undefined],
    ['/a.b/logo.PNG', 'image', undefined],
    ['/app.js', 'script', undefined],
    ['/robots.txt', 'text', undefined],
    ['/constructor.constructor', 'page', undefined],
    ['/release-1.0.tar.gz', 'archive', undefined],
    ['/login', 'page', 'login'],
    ['/loginhelp', 'page', undefined],
    ['/wp-login.php', 'page', 'login'],
    ['/WP-LOGIN.PHP', 'page', 'login'],
    ['/blog/.env', 'page', 'secrets'],
    ['/.git/config', 'page', 'secrets'],
    ['/.well-known/acme-challenge/x', 'page', undefined],
    ['/%2e%2e/%2E%2E/etc/passwd', 'page', 'injection'],
    ['/scripts/..%5c..%5cwinnt/system32/cmd.exe', 'archive', 'injection'],
    ['/a/../b', 'page', undefined],
    ['/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php', 'page', 'shells'],
    ['/shell.php', 'page', 'shells'],
    ['/blog/tags/shell', 'page', undefined],
    ['/backup.zip', 'archive', 'backups'],
    ['/files/my.sql', 'page', 'backups'],
    ['/phpMyAdmin/index.php', 'page', 'databases'],
    ['/boaform/admin/formLogin', 'page', 'exploits'],
    ['/100%', 'page', undefined]
  ])('%s is a %s, target %s', (path, resource, target) => {
    expect(derivationOf('resource')?.derive(path)).toBe(resource)
    expect(derivationOf('target')?.derive(path)).toBe(target)
    for (const name of ['resource', 'target']) {
      const { derive } = derivationOf(name)!
      expect(derive.ofPlain?.(Buffer.from(path))).toBe(derive(path))
    }
  })
})

it('derived fields have names of their own, and are known like all others', () => {
  const names = FIELDS.map(({ name }) => name)
  expect(new Set(names).size).toBe(LINE_FIELDS.length + DERIVATIONS.length)
  for (const { name } of DERIVATIONS) expect(fieldInfo(name)).toBe(derivationOf(name))
  expect(derivationOf('client')).toBeUndefined()
})

it('derives the same of the bytes of plain paths, whatever they end in', () => {
  const suffix = fc.oneof(
    fc.constantFrom('css', 'PNG', '7z', 'mP4', 'woff2', 'jpeg', 'zz', '', 'c s', '@ng', '0', 'css~'),
    fc.stringMatching(/^[!-[\]-~]{0,7}$/)
  )
  const stem = fc.stringMatching(/^[!-[\]-~]{0,9}$/)
  fc.assert(
    fc.property(stem, suffix, fc.constantFrom('.', '..', ''), (path, end, dot) => {
      const text = `/${path}${dot}${end}`
      for (const name of ['resource', 'target']) {
        const { derive } = derivationOf(name)!
        expect(derive.ofPlain?.(Buffer.from(text))).toBe(derive(text))
      }
    }),
    { seed: 9, numRuns: 2000 }
  )
})
