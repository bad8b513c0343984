import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { settingsFor } from './settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'visor-settings-'))
afterAll(() => rmSync(folder, { recursive: true }))
const config = join(folder, 'visor.yaml')
writeFileSync(
  config,
  'sources: { web: { path: a.log } }\npage: { port: 1 }\nwindow: 1m\nstore: { path: s }\n'
)
const env = { HOME: '/home/u' }
const sample = 'test/samples/combined.log'

describe('settingsFor', () => {
  it('takes the configuration as it is', () => {
    const { config: settings } = settingsFor([], { page: true, config }, env)
    expect(Object.keys(settings.sources)).toEqual(['web'])
    expect(settings).toMatchObject({
      page: { enabled: true, port: 1 },
      window: 60_000,
      store: { path: join(folder, 's') }
    })
  })

  it('puts the command line over it', () => {
    const options = {
      page: false,
      config,
      port: 2,
      host: '::1',
      window: 5000,
      lateness: 0,
      store: 'x',
      from: 'end'
    } as const
    const file = { type: 'file', from: 'end', poll: 100, grace: 60_000 }
    expect(settingsFor([sample, '-', 'logs/*.log'], options, env).config).toMatchObject({
      sources: {
        [resolve(sample)]: { ...file, paths: [resolve(sample)] },
        stdin: { type: 'stdin' },
        [resolve('logs/*.log')]: { ...file, paths: [resolve('logs/*.log')] }
      },
      page: { enabled: false, host: '::1', port: 2 },
      store: { path: resolve('x'), retention: 30 * 86_400_000 },
      window: 5000,
      lateness: 0,
      country: true
    })
  })

  it('serves no page without a store', () => {
    expect(settingsFor([sample], { page: true, store: false }, env).config.page.enabled).toBe(false)
  })

  it('waits for a file that is not there', () => {
    expect(Object.keys(settingsFor(['none.log'], { page: true }, env).config.sources)).toEqual([
      resolve('none.log')
    ])
  })

  it.each([
    [
      '--format for no file',
      [],
      { page: true, config, format: 'common' },
      /--format is for named files and addresses/
    ],
    ['nothing to watch', [], { page: true }, /nothing to watch/],
    [
      'an address that is none',
      ['ftp://x'],
      { page: true },
      /ftp:\/\/x: lines cannot come from there; possible/
    ],
    ['a bad format', [sample], { page: true, format: '%h' }, /time/]
  ])('refuses %s', (_, files, options, message) => {
    expect(() => settingsFor(files, options, env)).toThrow(message)
  })
})
