import { expect, it } from 'vitest'
import { addressText, parseAddress } from './address.ts'

it.each([
  ['127.0.0.1:5514', { host: '127.0.0.1', port: 5514 }],
  ['logs.example.org:1', { host: 'logs.example.org', port: 1 }],
  ['[::1]:5514', { host: '::1', port: 5514 }],
  ['[fe80::1%eth0]:5514', { host: 'fe80::1%eth0', port: 5514 }],
  [':5514', { host: '', port: 5514 }]
])('%s is read and written alike', (text, address) => {
  expect(parseAddress(text)).toEqual(address)
  expect(addressText(address)).toBe(text)
})

it('a port alone has no host', () => {
  expect(parseAddress('0')).toEqual({ host: '', port: 0 })
})

it.each(['', 'a', 'a:', '::1:5', 'a:65536', 'a:-1', '[::1]5', 'a b:1', 'http://a:1', '1.5'])(
  '%j is none',
  text => {
    expect(parseAddress(text)).toBeUndefined()
  }
)
