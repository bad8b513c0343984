import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { fileOptions } from './file/options.ts'
import { openSources, sourceKindOf, SOURCES, withPaths } from './index.ts'
import { takeTarget } from './targets.ts'

describe('kinds of sources', () => {
  it.each(SOURCES)('$name: has an example that is valid, and shows what it reads', kind => {
    const options = kind.options.parse(kind.example)
    expect(kind.reads(options)).toMatch(/\S/)
    expect(sourceKindOf({ type: kind.name })).toBe(kind)
    // They cross threads.
    expect(structuredClone(options)).toEqual(options)
  })

  it.each(SOURCES)('$name: describes what each setting is for', ({ options }) => {
    const { properties = {} } = z.toJSONSchema(options, { io: 'input' })
    for (const setting of Object.values(properties))
      expect(setting).toMatchObject({ description: expect.stringMatching(/\S/) })
  })

  it.each(SOURCES)('$name: alone takes its targets', ({ name, targets = [] }) => {
    for (const target of targets) {
      expect(SOURCES.filter(kind => kind.take?.(target)).map(kind => kind.name)).toEqual([name])
      expect(takeTarget(target)).toMatchObject({ type: name })
    }
  })

  it('have their paths made absolute', () => {
    const options = { type: 'file', ...fileOptions.parse({ path: 'a.log' }) }
    expect(withPaths(options, path => `/x/${path}`)).toMatchObject({ paths: ['/x/a.log'], path: undefined })
    expect(withPaths({ type: 'stdin' }, () => '')).toEqual({ type: 'stdin' })
  })
})

describe('a source that listens', () => {
  const kinds = SOURCES.filter(({ options }) => 'listen' in options.shape)
  const at = (host: string) => ({ listen: { host, port: 5514 } })

  it('is of four kinds, which all may say who is let in', () => {
    expect(kinds.map(({ name }) => name)).toEqual(['tcp', 'udp', 'syslog', 'http'])
    for (const { options } of kinds) expect(Object.keys(options.shape)).toContain('allow')
  })

  it.each(kinds)('$name: says so where everybody may send', ({ name: type, options }) => {
    for (const host of ['0.0.0.0', '::', '192.0.2.1', 'logs.example'])
      expect(openSources({ a: { type, ...at(host) } })).toEqual([
        expect.stringMatching(/^source a listens at .*:5514 and takes lines from everybody.*"allow", such as/)
      ])
    for (const host of ['127.0.0.1', '127.9.9.9', '::1', 'localhost'])
      expect(openSources({ a: { type, ...at(host) } })).toEqual([])
    for (const guard of ['allow', 'tls', 'token'].filter(name => name in options.shape)) {
      const value = { allow: ['10.0.0.0/8'], tls: { key: '', cert: '' }, token: 'tell-nobody' }[guard]
      expect(openSources({ a: { type, ...at('::'), [guard]: value } })).toEqual([])
      const [said] = openSources({ a: { type, ...at('::') } })
      expect(said).toContain(`"${guard}"`)
    }
  })

  it('over UDP too is guarded by no certificate', () => {
    const syslog = { type: 'syslog', ...at('::'), tls: {} }
    expect(openSources({ a: { ...syslog, over: ['tcp'] } })).toEqual([])
    expect(openSources({ a: { ...syslog, over: ['tcp', 'udp'] } })).toHaveLength(1)
  })

  it('says nothing of those that only read', () => {
    const tcp = { type: 'tcp', connect: { host: '192.0.2.1', port: 1 } }
    expect(openSources({ tcp, in: { type: 'stdin' } })).toEqual([])
  })
})

describe('targets', () => {
  it.each([
    ['tcp://10.0.0.1:5514', { type: 'tcp', connect: { host: '10.0.0.1', port: 5514 } }],
    ['tcp://[::1]:5514/', { type: 'tcp', connect: { host: '::1', port: 5514 } }],
    ['tcp-listen://5514', { type: 'tcp', listen: { host: '127.0.0.1', port: 5514 } }],
    ['udp://:5514', { type: 'udp', listen: { host: '127.0.0.1', port: 5514 } }],
    ['syslog://0.0.0.0:5514', { type: 'syslog', listen: { host: '0.0.0.0', port: 5514 } }],
    ['-', { type: 'stdin' }]
  ])('%s is taken', (target, options) => expect(takeTarget(target)).toMatchObject(options))

  it.each(['access.log', '/var/log/*.log', './tcp:1:2', 'a:b', 'C:\\logs'])('%s is a path', target => {
    expect(takeTarget(target)).toBeUndefined()
  })

  it.each([
    ['tcp://', 'tcp://: expected HOST:PORT such as "192.0.2.1:5514" or "[2001:db8::1]:5514"'],
    ['udp://a', /^udp:\/\/a: expected a port such as 5514, or HOST:PORT/],
    ['tcp:a:1', 'tcp:a:1: did you mean tcp://? A file of that name is ./tcp:a:1'],
    ['tpc://a:1', 'tpc://a:1: lines cannot come from there; did you mean tcp://127.0.0.1:5514?'],
    ['ftp://a', /^ftp:\/\/a: lines cannot come from there; possible are files, -, tcp:\/\//]
  ])('%s is refused', (target, message) => {
    expect(() => takeTarget(target)).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: typeof message === 'string' ? message : expect.stringMatching(message)
      })
    )
  })
})
