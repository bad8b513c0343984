import { describe, expect, it } from 'vitest'
import { formatFor } from '../formats/index.ts'
import { discoverNginx, placeText } from './index.ts'
import { memoryDisk } from './testing/disk.ts'

const CONF = '/etc/nginx/nginx.conf'

function found(conf: string, files: Record<string, string> = {}): string[] {
  const { logs, remarks } = discoverNginx(CONF, { disk: memoryDisk({ [CONF]: conf, ...files }) })
  return [
    ...logs.map(({ path, kind, format, hosts }) => `${path} ${kind} ${format || '?'} [${hosts.join(' ')}]`),
    ...remarks.map(({ place, text }) => `${placeText(place)} ${text}`)
  ]
}

const NONE = `${CONF}:1 no access_log is set; nginx then writes where it was built to, often /var/log/nginx/access.log`

describe('nginx.conf', () => {
  const cases: [name: string, conf: string, wanted: string[]][] = [
    [
      'one log for all',
      'error_log /l/e warn;\nhttp { access_log /l/a; }',
      ['/l/e error nginx_error []', '/l/a access combined []']
    ],
    [
      'log_format, said later, in pieces, with an escape',
      `http {\n access_log /l/a mine buffer=32k flush=5s;\n log_format mine escape=json '$remote_addr "$request" '\n  "$status 'x'"; # why\n}`,
      [`/l/a access log_format mine escape=json '$remote_addr "$request" $status \\'x\\'' []`]
    ],
    [
      'inheritance: what is said within takes the place of all from outside',
      'http { access_log /l/all; error_log /l/e;\n server { server_name a.example *.a.example; access_log /l/a; error_log /l/ea; location /x { access_log off; } location /y { access_log /l/y; } }\n server { server_name _ b.example; } }',
      [
        '/l/e error nginx_error []',
        '/l/a access combined [a.example *.a.example]',
        '/l/ea error nginx_error [a.example *.a.example]',
        '/l/y access combined [a.example *.a.example]',
        '/l/all access combined [b.example]'
      ]
    ],
    [
      'variables in a path',
      'http { access_log /l/${host}-$server_port.log; }',
      [
        '/l/*-*.log access combined []',
        `${CONF}:1 the variables of /l/\${host}-$server_port.log are taken for any text`
      ]
    ],
    [
      'what is no file, conditions, and what is not known',
      'error_log stderr;\nhttp {\naccess_log syslog:server=1.2.3.4;\naccess_log /l/a combined if=$loggable;\naccess_log /l/b.gz combined gzip;\naccess_log logs/rel;\naccess_log /l/c nothing;\n}',
      [
        '/l/a access combined []',
        '/l/c access ? []',
        `${CONF}:1 stderr is no file: not watched`,
        `${CONF}:3 syslog:server=1.2.3.4 is no file: not watched`,
        `${CONF}:4 only some requests are logged there: if=$loggable`,
        `${CONF}:5 /l/b.gz is written compressed and cannot be followed: not watched`,
        `${CONF}:6 logs/rel is relative to the prefix that nginx was built with, which is not known here: not watched`,
        `${CONF}:7 there is no log_format nothing: its format is found out from the lines`
      ]
    ],
    [
      'streams',
      'http { access_log /l/a; }\nstream { access_log /l/s basic; }',
      ['/l/a access combined []', `${CONF}:2 logs of stream are of formats of their own: not watched`]
    ],
    ['no access_log', 'events {}\nhttp { access_log off; }', [NONE]],
    [
      'a brace too few',
      'http { access_log /l/a;',
      ['/l/a access combined []', `${CONF}:1 a brace is not closed`]
    ],
    [
      'a semicolon too few',
      'http { access_log /l/a; }\nuser www',
      ['/l/a access combined []', `${CONF}:1 line 2: a semicolon is missing`]
    ]
  ]
  it.each(cases)('%s', (_, conf, wanted) => expect(found(conf)).toEqual(wanted))

  it('gives log_format statements that formats are made of', () => {
    const conf = `http { log_format j escape=json '{"time":"$time_iso8601","status":$status,"q":"it\\'s"}'; access_log /l/j j; }`
    const [log] = discoverNginx(CONF, { disk: memoryDisk({ [CONF]: conf }) }).logs
    expect(formatFor(log?.format ?? '').fields).toContain('status')
  })

  it('follows includes, in blocks too, and cycles to their end', () => {
    const files = {
      '/etc/nginx/conf.d/x.conf': 'server { server_name x; access_log /l/x; }',
      '/etc/nginx/sites/y': 'server { server_name y; access_log /l/y; include common; }',
      '/etc/nginx/common': 'error_log /l/common;',
      '/etc/nginx/loop': 'include loop;'
    }
    const all = found('http { include conf.d/*.conf; include sites/*; include gone; }\ninclude loop;', files)
    expect(all.slice(0, 3)).toEqual([
      '/l/x access combined [x]',
      '/l/y access combined [y]',
      '/l/common error nginx_error [y]'
    ])
    expect(all.slice(3)).toEqual([
      `${CONF}:1 /etc/nginx/gone does not exist`,
      expect.stringContaining('nested too deep')
    ])
  })

  it.each([
    '{',
    '}',
    ';',
    '"',
    "'",
    '{{{{}}}}',
    '\\',
    '$',
    '${',
    'a "b',
    `x ${'{'.repeat(5000)}`,
    'http { access_log; error_log; log_format; include; }',
    '\0'
  ])('does not fail on %j', conf => expect(found(conf).length).toBeLessThan(10))
})
