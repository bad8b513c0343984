import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ownFolder } from '../../test/folder.ts'
import { VisorError } from '../core/errors.ts'
import { findConfig } from './find.ts'
import { loadConfig } from './load.ts'

/** What loading a text says, without the file before it. */
function said(text: string): string {
  const path = join(ownFolder('mistake'), 'visor.yaml')
  writeFileSync(path, text)
  try {
    loadConfig({}, path)
  } catch (error) {
    if (!(error instanceof VisorError)) throw error
    return error.message.replaceAll(`${dirname(path)}/visor.yaml`, '')
  }
  return ''
}

describe('what is written for the first time', () => {
  it.each([
    ['sources:\n  - /var/log/a.log\n', ':2:3: sources: expected names', 'under a name of your choice'],
    ['sources:\n  - path: a.log\n', ':2:3: sources: ', 'such as "web:" in the place of "-"'],
    ['receivers:\n  - type: email\n', ':2:3: receivers: ', 'under a name of your choice'],
    ['sources: a.log\n', ':1:10: sources: expected names, each with its settings', 'got "a.log"'],
    ['sources:\n  web: a.log\n', ':2:8: sources.web: expected a group of settings (path, ', 'got "a.log"'],
    ['sources:\n  web:\n  path: a.log\n', ':2:7: sources.web: ', 'got nothing: its settings stand below it'],
    ['sources:\n', ':1:9: sources: ', 'without any, leave it out'],
    ['store: { retention: 30 }\n', ':1:21: store.retention: expected a duration', '"30d", got 30'],
    ['store: { maxSize: 20 }\n', ':1:19: store.maxSize: expected a size with its unit', '"20GB", got 20'],
    ['retention: 30d\n', ':1:1: unknown setting "retention"', 'there is "store.retention"'],
    ['path: a.log\n', ':1:1: unknown setting "path"', '"sources.NAME.path"'],
    ['store: /data\n', ':1:8: store: ', '(path, retention, maxSize), got "/data"'],
    ['page: 8080\n', ':1:7: page: expected a group of settings (', 'port'],
    ['page: { port: "8080" }\n', ':1:15: page.port: expected a number', 'leave the quotes out'],
    ['page: { host: "localhost:80" }\n', ':1:15: page.host: ', '"port" is a setting of its own'],
    ['sources:\n\tweb: {}\n', ':2:1: ', 'begins with a tab'],
    ['zone: UTC\nzone: UTC\n', ':2:1: ', 'stands in the group already'],
    ['sources: { web: { path: a.log, format: %h } }\n', ':1:40: ', 'in quotes'],
    ['sources:\n  web:\n    path: a: b\n', ':3:11: ', 'second colon'],
    ['sources:\n  web:\n    path: *.log\n', ': Unresolved alias', 'stands in quotes'],
    ['sources:\n  web:\n    path: "C:\\logs"\n', ':3:14: ', 'single quotes'],
    [
      'sources:\n  web: { type: udp, listen: 1, allow: 10.0.0.0/8 }\n',
      ':2:39: sources.web.allow: expected a list',
      'write ["10.0.0.0/8"]'
    ]
  ])('%j', (text, where, what) => {
    const message = said(text)
    expect(message.startsWith(where) ? where : message).toBe(where)
    expect(message).toContain(what)
  })
})

describe('a configuration is looked for', () => {
  const home = (): { env: Record<string, string>; put: (path: string) => string } => {
    const folder = ownFolder('find')
    return {
      env: { VISOR_HOME: join(folder, 'a'), VISORHOME: join(folder, 'b'), HOME: join(folder, 'c') },
      put(path) {
        mkdirSync(dirname(join(folder, path)), { recursive: true })
        writeFileSync(join(folder, path), '')
        return join(folder, path)
      }
    }
  }

  it('in the folders of Visor, where the first one had it, and of the user, in this order', () => {
    const { env, put } = home()
    const places = [
      'c/.config/visor/visor.yaml',
      'b/config/visor.yml',
      'b/visor.yaml',
      'a/config/config.json',
      'a/visor.json',
      'a/config.yaml'
    ]
    for (const place of places) {
      const path = put(place)
      expect(findConfig(env).found).toBe(path)
    }
  })

  it("at last in that of the machine's service", () => {
    const { tried, closed } = findConfig(home().env)
    expect(tried.at(-1)).toBe('/etc/visor/visor.yml')
    expect(closed).toBeUndefined()
  })

  it('and one of the user that cannot be read is no other', () => {
    const { env, put } = home()
    const path = put('a/config.yaml')
    chmodSync(path, 0)
    expect(findConfig(env).found).toBe(path)
  })
})
