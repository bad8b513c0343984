import { describe, expect, it } from 'vitest'
import { hostAllowed, pageAddress } from './hosts.ts'

describe('Host header', () => {
  it.each([
    ['localhost', '127.0.0.1', true],
    ['localhost:7070', '127.0.0.1', true],
    ['LOCALHOST:7070', '127.0.0.1', true],
    ['127.0.0.1:7070', '127.0.0.1', true],
    ['127.8.9.10', '127.0.0.1', true],
    ['[::1]:7070', '127.0.0.1', true],
    ['[::1]', '::1', true],
    ['evil.example', '127.0.0.1', false],
    ['localhost.evil.example', '127.0.0.1', false],
    ['127.0.0.1.evil.example:7070', '127.0.0.1', false],
    ['localhost@evil.example', '127.0.0.1', false],
    ['evil.example\\@localhost', 'localhost', false],
    ['', '127.0.0.1', false],
    [undefined, '127.0.0.1', false],
    ['192.0.2.7', '127.0.0.1', false],
    ['logs.example', '0.0.0.0', true],
    ['logs.example', '192.0.2.7', true]
  ])('%s to a server on %s: %s', (header, listening, allowed) => {
    expect(hostAllowed(header, listening)).toBe(allowed)
  })

  it.each([
    ['visor.example.org', true],
    ['visor.example.org:443', true],
    ['127.0.0.1:7070', true],
    ['evil.example', false]
  ])('%s to a server that is reached by a proxy: %s', (header, allowed) => {
    expect(hostAllowed(header, '127.0.0.1', 'https://visor.example.org/')).toBe(allowed)
  })
})

describe('address of the page', () => {
  it.each([
    ['127.0.0.1', 'http://127.0.0.1:80/'],
    ['localhost', 'http://localhost:80/'],
    ['0.0.0.0', 'http://127.0.0.1:80/'],
    ['::', 'http://[::1]:80/'],
    ['2001:db8::7', 'http://[2001:db8::7]:80/']
  ])('%s is %s', (host, address) => {
    expect(pageAddress(host, 80)).toBe(address)
  })
})
