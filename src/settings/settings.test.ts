import { describe, expect, it } from 'vitest'
import { connectSetting, listenSetting } from './address.ts'
import { parseSize } from '../core/units.ts'
import { sizeSetting } from './size.ts'
import { addressIn, schemeOf, schemeWithoutSlashes, targetHint } from './target.ts'

describe('a size', () => {
  it.each([
    ['0B', 0],
    ['512b', 512],
    ['64KB', 64_000],
    ['1MiB', 1_048_576],
    ['2GB', 2e9],
    ['1', undefined],
    ['MB', undefined],
    ['1.5MB', undefined],
    ['1TB', undefined]
  ])('%s', (text, bytes) => expect(parseSize(text)).toBe(bytes))

  it('is held within bounds', () => {
    const setting = sizeSetting('1KiB', '1MiB', '')
    expect(setting.parse('1KiB')).toBe(1024)
    expect(setting.safeParse('2MiB').error?.issues[0]?.message).toBe('expected 1KiB to 1MiB')
    expect(setting.safeParse('big').error?.issues[0]?.message).toMatch(/^expected a size such as/)
  })
})

describe('an address', () => {
  it('to listen at is loopback when only the port is given', () => {
    expect([5514, '5514', ':5514', '0.0.0.0:5514'].map(given => listenSetting('').parse(given))).toEqual([
      { host: '127.0.0.1', port: 5514 },
      { host: '127.0.0.1', port: 5514 },
      { host: '127.0.0.1', port: 5514 },
      { host: '0.0.0.0', port: 5514 }
    ])
  })

  it.each(['70000', '-1', 1.5, 'x', true, null, '::1:5'])('to listen at is not %j', given => {
    expect(listenSetting('').safeParse(given).error?.issues[0]?.message).toMatch(/^expected a port such as/)
  })

  it('to connect to needs a host and a port', () => {
    expect(connectSetting('').parse('[::1]:1')).toEqual({ host: '::1', port: 1 })
    for (const given of ['5514', ':5514', 'a:0', 5514])
      expect(connectSetting('').safeParse(given).error?.issues[0]?.message).toMatch(/^expected HOST:PORT/)
  })
})

describe('targets', () => {
  const examples = ['access.log', '-', 'tcp://127.0.0.1:5514', 'kafka://127.0.0.1:9092/access']

  it.each([
    ['tcp://a:1', 'tcp', 'a:1'],
    ['tcp://[::1]:1/', 'tcp', '[::1]:1'],
    ['TCP://a:1', 'TCP', 'a:1'],
    ['tcp:a:1', '', undefined],
    ['/var/log/a.log', '', undefined]
  ])('%s has the scheme "%s"', (target, scheme, address) => {
    expect(schemeOf(target)).toBe(scheme)
    expect(scheme === '' ? undefined : addressIn(scheme, target)).toBe(address)
    expect(addressIn('udp', target)).toBeUndefined()
  })

  it('may lack their slashes', () => {
    expect(schemeWithoutSlashes('tcp:a:1', examples)).toBe('tcp')
    for (const target of ['tcp://a:1', 'tcpa', 'udp:a:1', ':a', '-'])
      expect(schemeWithoutSlashes(target, examples)).toBeUndefined()
  })

  it('may be meant otherwise', () => {
    expect(targetHint('kafak://a', examples)).toBe('did you mean kafka://127.0.0.1:9092/access?')
    // A short scheme is not like none at all.
    for (const target of ['s3://a', 'x://a'])
      expect(targetHint(target, examples)).toBe(`possible are ${examples.join(', ')}`)
  })
})
