import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { READY_MADE, rulesOf } from '../alerts/options.ts'
import { VisorError } from '../core/errors.ts'
import { loadConfig } from './load.ts'
import { schema } from './schema.ts'

const folder = mkdtempSync(join(tmpdir(), 'visor-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

let count = 0
function file(text: string, name = 'visor.yaml'): string {
  const path = join(folder, String(count++), name)
  mkdirSync(dirname(path))
  writeFileSync(path, text)
  return path
}

/** The lines of the message that loading gives, without the folder before them. */
function problems(path: string, env = {}): string[] {
  try {
    loadConfig(env, path)
  } catch (error) {
    if (!(error instanceof VisorError)) throw error
    expect(error.code).toBe('CONFIG')
    return error.message.split('\n').map(line => line.replace(`${dirname(path)}/`, ''))
  }
  return []
}

describe('loadConfig', () => {
  it('takes YAML, with defaults filled in and paths as seen from the file', () => {
    const path = file(
      'sources:\n  web:\n    path: logs/*.log\n  api: { paths: [/a.log, ~/b.log] }\nwindow: 1m\n'
    )
    const files = { type: 'file', from: 'beginning', poll: 100, grace: 60e3 }
    expect(loadConfig({ HOME: '/home/u' }, path).config).toMatchObject({
      sources: {
        web: { ...files, paths: [join(dirname(path), 'logs/*.log')] },
        api: { ...files, paths: ['/a.log', '/home/u/b.log'] }
      },
      page: { enabled: true, host: '127.0.0.1', access: 'loopback', port: 7070 },
      store: { path: '/home/u/.local/share/visor', retention: 30 * 86400e3 },
      window: 60e3,
      country: true,
      lateness: 60e3
    })
  })

  it('keeps what is set for the store', () => {
    const { store } = loadConfig({}, file('store: { path: /s, retention: 2d, maxSize: 20GB }')).config
    expect(store).toEqual({ path: '/s', retention: 2 * 86400e3, maxSize: 20e9 })
  })

  it('takes JSON with comments, tabs and trailing commas', () => {
    const text =
      '{\n\t// http://not.a/key\n\t"sources": {"web": {"path": "/a//b.log",}}, /* two\nlines */ "window": "5s"\n}\n'
    const { config } = loadConfig({}, file(text, 'visor.json'))
    expect(config.sources['web']?.paths).toEqual(['/a/b.log'])
    expect(config.window).toBe(5000)
  })

  it('sees paths of the engine from the file, and leaves names of programs alone', () => {
    const nodeOf = (node: string): unknown => {
      const path = file(`engine: { type: spark, connect: 'sc://h:1', node: '${node}' }\n`)
      const { node: loaded } = loadConfig({ HOME: '/home/u' }, path).config.engine
      return loaded === join(dirname(path), node) ? 'beside the file' : loaded
    }
    expect(['./bin/node', '~/node', '/opt/node', 'node'].map(nodeOf)).toEqual([
      'beside the file',
      '/home/u/node',
      '/opt/node',
      'node'
    ])
    expect(() => nodeOf('node; true')).toThrow(/engine\.node: expected the path of a program/)
  })

  it('takes an empty file as all defaults', () => {
    expect(loadConfig({}, file('# nothing yet\n')).config.sources).toEqual({})
  })

  it('is found in VISOR_HOME, then VISORHOME, then the user’s folder', () => {
    const homes = ['a', 'b', 'c'].map(name => join(folder, name))
    const places = [
      join('a', 'config.yaml'),
      join('b', 'visor.json'),
      join('c', '.config', 'visor', 'visor.yml')
    ]
    const [a, b, c] = places.map(place => join(folder, place))
    const env = { VISOR_HOME: homes[0], VISORHOME: homes[1], HOME: homes[2] }
    expect(loadConfig(env).file).toBeUndefined()
    for (const path of [c, b, a]) {
      mkdirSync(dirname(path ?? ''), { recursive: true })
      writeFileSync(path ?? '', '{}')
      expect(loadConfig(env).file).toBe(path)
    }
    expect(loadConfig(env).config.store.path).toBe(join(folder, 'a', 'data'))
  })

  it('fills in secrets, and keeps their values out of messages', () => {
    writeFileSync(join(folder, 'secret'), '/from/file.log\n')
    const path = file(
      'sources:\n  a: { path: "${DIR}/$${x}.log" }\n  b: { path: file:../secret }\nwindow: ${W}\n'
    )
    const { sources } = loadConfig({ DIR: '/logs', W: '10s' }, path).config
    expect(sources['a']?.paths).toEqual(['/logs/${x}.log'])
    expect(sources['b']?.paths).toEqual(['/from/file.log'])
    expect(problems(path, { W: '10s' })).toEqual(['visor.yaml:2:14: the environment has no variable DIR'])
    expect(problems(path, { DIR: '/logs', W: 'hunter2' }).join()).not.toContain('hunter2')
  })

  it('has ready-made rules, takes others, and fills in the lists that they name', () => {
    expect(rulesOf(loadConfig({}, file('{}')).config.alerts)).toHaveLength(Object.keys(READY_MADE).length)
    const path = file(
      'alerts:\n  defaults: false\n  rules:\n    known: { type: match, field: client, list: ../clients.txt }\n'
    )
    writeFileSync(join(folder, 'clients.txt'), '# partners\n192.0.2.1\n')
    expect(rulesOf(loadConfig({}, path).config.alerts)).toMatchObject([
      { name: 'known', options: { in: ['192.0.2.1'] } }
    ])
  })

  it('has a mailbox where no receiver is configured, and else those with what all can be configured with', () => {
    const rateLimit = { count: 20, per: 3600e3 }
    expect(loadConfig({}, file('{}')).config.receivers).toEqual({ mailbox: { type: 'mailbox', rateLimit } })
    const path = file(
      'receivers:\n  ops: { type: email, account: private.json, minSeverity: critical, muteTimes: { at: "22:00-07:00" } }\n'
    )
    expect(loadConfig({}, path).config.receivers['ops']).toMatchObject({
      account: join(dirname(path), 'private.json'),
      minSeverity: 'critical',
      muteTimes: { at: '22:00-07:00', except: 'critical' },
      rateLimit
    })
  })

  it('tells where a setting stands', () => {
    const loaded = loadConfig({}, file('sources:\n  web:\n    path: a.log\n    format: "%h"\n'))
    expect(loaded.place(['sources', 'web', 'format'])).toMatch(/visor\.yaml:4:13$/)
  })
})

describe('mistakes', () => {
  const cases: [what: string, text: string, expected: string[]][] = [
    ['a key with a slip', 'pgae: {}\n', ['visor.yaml:1:1: unknown setting "pgae"; did you mean "page"?']],
    [
      'a nested key with a slip',
      'sources:\n  web:\n    path: a\n    formt: common\n',
      ['visor.yaml:4:5: unknown setting "sources.web.formt"; did you mean "format"?']
    ],
    [
      'a secret that does not fit, which is not shown',
      'sources:\n  a: { type: http, listen: 1, token: hunter2 }\n  b: { type: http, listen: 1, token: 12345678 }\n',
      [
        'visor.yaml:2:38: sources.a.token: expected 8 characters or more, without blanks',
        'visor.yaml:3:38: sources.b.token: expected a text, got a secret'
      ]
    ],
    [
      'a key of nothing known',
      'page:\n  zzz: 1\n',
      ['visor.yaml:2:3: unknown setting "page.zzz"; known here: enabled, host, access, port, url, tls, proxy']
    ],
    [
      'a wrong choice',
      'sources: { web: { path: a, from: start } }\n',
      ['visor.yaml:1:34: sources.web.from: expected "beginning" or "end", got "start"']
    ],
    [
      'a choice with a slip',
      'sources: { web: { path: a, from: begining } }\n',
      [
        'visor.yaml:1:34: sources.web.from: expected "beginning" or "end", got "begining"; did you mean "beginning"?'
      ]
    ],
    ['a wrong type', 'page:\n  port: high\n', ['visor.yaml:2:9: page.port: expected a number, got "high"']],
    [
      'a number too large',
      'page:\n  port: 70000\n',
      ['visor.yaml:2:9: page.port: expected at most 65535, got 70000']
    ],
    [
      'no duration',
      'window: soon\n',
      ['visor.yaml:1:9: window: expected a duration such as "250ms", "10s", "5m", "1h" or "30d", got "soon"']
    ],
    ['a duration out of bounds', 'window: 2h\n', ['visor.yaml:1:9: window: expected 1s to 1h, got "2h"']],
    [
      'a zone that is none',
      'sources: {w: {path: a, zone: Mars}}\n',
      ['visor.yaml:1:30: sources.w.zone: expected a time zone such as "UTC" or "Europe/Berlin", got "Mars"']
    ],
    [
      'a source without a path',
      'sources:\n  web: {}\n',
      ['visor.yaml:2:8: sources.web: expected either "path" or "paths"']
    ],
    [
      'a path beside standard input',
      'sources:\n  web: { paths: [a.log, "-"] }\n',
      ['visor.yaml:2:8: sources.web: expected "-", which is standard input, on its own']
    ],
    [
      'a kind of source with a slip',
      'sources:\n  web: { type: stdn }\n',
      [
        expect.stringMatching(
          /^visor\.yaml:2:16: sources\.web\.type: expected "file" or "stdin" or .*, got "stdn"; did you mean "stdin"\?$/
        )
      ]
    ],
    [
      'a setting of another kind of source',
      'sources:\n  web: { type: stdin, path: a.log }\n',
      ['visor.yaml:2:23: unknown setting "sources.web.path"; known here: type, format, zone, labels']
    ],
    [
      'a setting of a kind of source with a slip',
      'sources:\n  web: { type: file, path: a.log, grase: 1m }\n',
      ['visor.yaml:2:35: unknown setting "sources.web.grase"; did you mean "grace"?']
    ],
    [
      'a TCP source that does not tell where',
      'sources:\n  web: { type: tcp }\n',
      ['visor.yaml:2:8: sources.web: expected either "listen" or "connect"']
    ],
    [
      'addresses that are none',
      'sources:\n  a: { type: udp, listen: 70000 }\n  b: { type: tcp, connect: localhost }\n',
      [
        'visor.yaml:2:27: sources.a.listen: expected at most 65535, got 70000',
        'visor.yaml:3:28: sources.b.connect: expected HOST:PORT such as "192.0.2.1:5514" or "[2001:db8::1]:5514", got "localhost"'
      ]
    ],
    [
      'a range and a size that are none',
      'sources:\n  web:\n    type: syslog\n    listen: 5514\n    allow: [10.0.0.0/33]\n    maxLineBytes: 1 MB\n',
      [
        'visor.yaml:6:19: sources.web.maxLineBytes: expected a size such as "512KB", "1MiB" or "1GB", got "1 MB"',
        'visor.yaml:5:13: sources.web.allow.0: expected an IP address or a range such as "10.0.0.0/8", got "10.0.0.0/33"'
      ]
    ],
    [
      'a key that cannot be used',
      'sources:\n  web: { type: http, listen: 1, tls: { key: hunter2, cert: x } }\n',
      [expect.stringMatching(/^visor\.yaml:2:38: sources\.web\.tls: cannot be used: (?!.*hunter2)/)]
    ],
    [
      'a format that is none',
      'sources:\n  web: { path: a.log, format: 5 }\n',
      ['visor.yaml:2:31: sources.web.format: expected a format or a list of formats']
    ],
    [
      'a kind of rule with a slip',
      'alerts: { rules: { many: { type: cuont, over: 3 } } }\n',
      [
        expect.stringMatching(
          /^visor\.yaml:1:34: alerts\.rules\.many\.type: expected "match" or .*, got "cuont"; did you mean "count"\?$/
        )
      ]
    ],
    [
      'a rule with a query that is none',
      "alerts:\n  rules:\n    many: { type: count, over: 3, where: 'status:>=5oo' }\n",
      [
        'visor.yaml:3:42: alerts.rules.many.where: `status` is a number; values are `404`, `5xx`.',
        'status:>=5oo',
        '         ^'
      ]
    ],
    [
      'single settings of a rule that is not ready-made',
      'alerts:\n  rules:\n    server-error: { over: 1% }\n',
      [
        'visor.yaml:3:19: alerts.rules.server-error: there is no ready-made rule of this name; set the "type" of your own; did you mean "server-errors"?'
      ]
    ],
    [
      'a rule beside one that is not there',
      'alerts:\n  rules:\n    slow: { inhibitedBy: server-error }\n',
      [
        'visor.yaml:3:26: alerts.rules.slow.inhibitedBy: there is no rule "server-error"; did you mean "server-errors"?'
      ]
    ],
    [
      'a rule with a list that is not there',
      'alerts:\n  rules:\n    known: { type: match, field: client, list: none.txt }\n',
      [
        expect.stringMatching(
          /^visor\.yaml:3:48: alerts\.rules\.known\.list: cannot read .*none\.txt: ENOENT$/
        )
      ]
    ],
    [
      'rules that tell whom there is not',
      'alerts:\n  receivers: oops\n  rules:\n    slow: { receivers: [ops, all] }\nreceivers: { ops: { type: console } }\n',
      [
        'visor.yaml:2:14: alerts.receivers: there is no receiver "oops"; did you mean "ops"?',
        'visor.yaml:4:24: alerts.rules.slow.receivers: there is no receiver "all"'
      ]
    ],
    [
      'a kind of receiver with a slip',
      'receivers:\n  ops: { type: emial, to: a@b.example }\n',
      [
        expect.stringMatching(
          /^visor\.yaml:2:16: receivers\.ops\.type: expected "email" or .*, got "emial"; did you mean "email"\?$/
        )
      ]
    ],
    [
      'a setting of a receiver with a slip',
      'receivers:\n  ops: { type: email, to: a@b.example, minSeverty: critical }\n',
      ['visor.yaml:2:40: unknown setting "receivers.ops.minSeverty"; did you mean "minSeverity"?']
    ],
    [
      'a password of a receiver that does not fit, which is not shown',
      'receivers:\n  ops: { type: email, to: a@b.example, user: me, password: 12345 }\n',
      ['visor.yaml:2:60: receivers.ops.password: expected a text, got a secret']
    ],
    [
      'a list for the file',
      '- a\n',
      [
        'visor.yaml:1:1: the file: expected a group of settings (sources, page, store, engine, group, zone, window, country, …), got a list'
      ]
    ],
    [
      'bad syntax',
      'a: 1\nb: [\n',
      ['visor.yaml:3:1: Flow sequence in block collection must be sufficiently indented and end with a ]']
    ],
    [
      'the same key twice',
      'page: {}\npage: {}\n',
      ['visor.yaml:2:1: this name stands in the group already: join the two, or take another name']
    ],
    [
      'several at once',
      'windw: 1s\npage: { port: x }\n',
      [
        'visor.yaml:2:15: page.port: expected a number, got "x"',
        'visor.yaml:1:1: unknown setting "windw"; did you mean "window"?'
      ]
    ]
  ]
  it.each(cases)('%s', (_, text, expected) => expect(problems(file(text))).toEqual(expected))

  it('names a file that is not there', () => {
    expect(() => loadConfig({}, join(folder, 'none.yaml'))).toThrow(/there is no configuration .*none\.yaml/)
  })
})

it('has a JSON Schema that knows every setting', () => {
  const { properties } = z.toJSONSchema(schema, { io: 'input' })
  expect(Object.keys(properties ?? {})).toEqual([
    '$schema',
    'sources',
    'page',
    'store',
    'engine',
    'group',
    'zone',
    'window',
    'country',
    'lateness',
    'log',
    'reload',
    'privacy',
    'alerts',
    'reports',
    'receivers'
  ])
})
