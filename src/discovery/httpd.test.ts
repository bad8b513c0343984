import { describe, expect, it } from 'vitest'
import { discoverHttpd, placeText } from './index.ts'
import { memoryDisk } from './testing/disk.ts'

const CONF = '/etc/httpd/conf/httpd.conf'

/** The logs as `path kind format [hosts]`, and the remarks as `file:line text`. */
function found(
  conf: string,
  files: Record<string, string> = {},
  defines: Record<string, string> = {}
): string[] {
  const { logs, remarks } = discoverHttpd(CONF, {
    disk: memoryDisk({ [CONF]: conf, ...files }),
    defines: new Map(Object.entries(defines))
  })
  return [
    ...logs.map(({ path, kind, format, hosts }) => `${path} ${kind} ${format || '?'} [${hosts.join(' ')}]`),
    ...remarks.map(({ place, text }) => `${placeText(place)} ${text}`)
  ]
}

const ERRORS = '/etc/httpd/logs/error_log error error24 []'
const BASE = 'ErrorLog logs/error_log\n'
const CLF = String.raw`%h %l %u %t \"%r\" %>s %b`

describe('httpd.conf', () => {
  const cases: [name: string, conf: string, wanted: string[]][] = [
    [
      'nicknames, wherever they are defined',
      `${BASE}CustomLog logs/a mine\nLogFormat "%h \\"%r\\"" mine`,
      ['/etc/httpd/logs/a access %h "%r" []', ERRORS]
    ],
    ['a format in place', `${BASE}CustomLog /var/log/a "%h %t"`, ['/var/log/a access %h %t []', ERRORS]],
    [
      'names without regard to case, and single quotes',
      `errorlog logs/error_log\nCUSTOMLOG 'logs/a b' '%h'`,
      ['/etc/httpd/logs/a b access %h []', ERRORS]
    ],
    [
      'TransferLog in the Common Log Format',
      `${BASE}TransferLog logs/t`,
      [`/etc/httpd/logs/t access ${CLF} []`, ERRORS]
    ],
    [
      'TransferLog in the LogFormat without a name',
      `${BASE}LogFormat "%h %s"\nTransferLog logs/t`,
      ['/etc/httpd/logs/t access %h %s []', ERRORS]
    ],
    [
      'lines that are broken',
      `${BASE}CustomLog \\\n  logs/a \\\n "%h"\n# a comment \\\n# CustomLog logs/no x`,
      ['/etc/httpd/logs/a access %h []', ERRORS]
    ],
    ['a ServerRoot', `ServerRoot "/srv/www"\n${BASE}`, ['/srv/www/logs/error_log error error24 []']],
    [
      'an ErrorLogFormat',
      `${BASE}ErrorLogFormat "%t %M"\nErrorLogFormat request "%L"`,
      ['/etc/httpd/logs/error_log error %t %M []']
    ],
    [
      'virtual hosts: their own logs, else those of the server',
      `${BASE}CustomLog logs/main "%h"\n<VirtualHost *:80>\nCustomLog logs/a "%v"\nServerName http://a.example:80\nServerAlias www.a.example b.example\nErrorLog logs/a_error\n</VirtualHost>\n<VirtualHost *:443>\nServerName c.example\n</VirtualHost>`,
      [
        '/etc/httpd/logs/main access %h []',
        ERRORS,
        '/etc/httpd/logs/a access %v [a.example www.a.example b.example]',
        '/etc/httpd/logs/a_error error error24 [a.example www.a.example b.example]',
        '/etc/httpd/logs/main access %h [c.example]',
        '/etc/httpd/logs/error_log error error24 [c.example]'
      ]
    ],
    [
      'GlobalLog besides those of a host',
      `${BASE}GlobalLog logs/all "%v"\n<VirtualHost *>\nCustomLog logs/a "%h"\n</VirtualHost>`,
      [
        '/etc/httpd/logs/all access %v []',
        ERRORS,
        '/etc/httpd/logs/a access %h []',
        '/etc/httpd/logs/all access %v []',
        ERRORS
      ]
    ],
    [
      'Define, IfDefine and UnDefine',
      `Define LOGS /var/log/x\n${BASE}<IfDefine LOGS>\nCustomLog \${LOGS}/a "%h"\n</IfDefine>\n<IfDefine !LOGS>\nCustomLog logs/no "%h"\n</IfDefine>\nUnDefine LOGS\n<IfDefine LOGS>\nCustomLog logs/no2 "%h"\n</IfDefine>`,
      [
        '/var/log/x/a access %h []',
        ERRORS,
        `${CONF}:7 customlog is left out: <ifdefine !LOGS> does not hold here`,
        `${CONF}:11 customlog is left out: <ifdefine LOGS> does not hold here`
      ]
    ],
    [
      'IfModule by what is loaded',
      `LoadModule ssl_module modules/mod_ssl.so\n${BASE}<IfModule mod_ssl.c>\nCustomLog logs/ssl "%h"\n</IfModule>\n<IfModule !ssl_module>\nCustomLog logs/no "%h"\n</IfModule>\n<IfModule log_config_module>\n<IfModule mod_logio.c>\nCustomLog logs/io "%h"\n</IfModule>\n</IfModule>\n<IfModule php_module>\nCustomLog logs/php "%h"\n</IfModule>`,
      [
        '/etc/httpd/logs/ssl access %h []',
        '/etc/httpd/logs/io access %h []',
        ERRORS,
        `${CONF}:7 customlog is left out: <ifmodule !ssl_module> does not hold here`,
        `${CONF}:15 customlog is left out: <ifmodule php_module> does not hold here`
      ]
    ],
    [
      'what is no file, and conditions',
      `ErrorLog syslog:local1\nCustomLog "|/usr/bin/rotatelogs /var/log/x 86400" "%h"\nCustomLog logs/a "%h" env=!image\nCustomLog logs/b "%h" "expr=%{REQUEST_STATUS} >= 400"\nCustomLog /dev/stdout "%h"\nCustomLog logs/c nobody`,
      [
        '/etc/httpd/logs/a access %h []',
        '/etc/httpd/logs/b access %h []',
        '/etc/httpd/logs/c access ? []',
        `${CONF}:2 |/usr/bin/rotatelogs /var/log/x 86400 is a pipe, no file: not watched`,
        `${CONF}:3 only some requests are logged there: env=!image`,
        `${CONF}:4 only some requests are logged there: expr=%{REQUEST_STATUS} >= 400`,
        `${CONF}:5 /dev/stdout is a device, no file: not watched`,
        `${CONF}:6 there is no LogFormat nobody: its format is found out from the lines`,
        `${CONF}:1 syslog:local1 is syslog, no file: not watched`
      ]
    ],
    [
      'a variable that is not defined',
      `${BASE}CustomLog \${NOWHERE}/a "%h"`,
      ['/etc/httpd/${NOWHERE}/a access %h []', ERRORS, `${CONF}:2 \${NOWHERE} is not defined`]
    ],
    [
      'an include that is not there',
      `${BASE}Include conf.d/none.conf\nIncludeOptional conf.d/*.conf`,
      [ERRORS, `${CONF}:2 /etc/httpd/conf.d/none.conf does not exist`]
    ],
    [
      'a section that is not closed',
      `${BASE}<VirtualHost *>\nCustomLog logs/a "%h"`,
      [ERRORS, '/etc/httpd/logs/a access %h []', ERRORS, `${CONF}:1 the section <virtualhost> is not closed`]
    ],
    [
      'no ErrorLog',
      'CustomLog logs/a "%h"',
      [
        '/etc/httpd/logs/a access %h []',
        `${CONF}:1 there is no ErrorLog; httpd then writes to logs/error_log`
      ]
    ]
  ]
  it.each(cases)('%s', (_, conf, wanted) => expect(found(conf)).toEqual(wanted))

  it('follows includes: patterns in order, folders, sections around them, and cycles to their end', () => {
    const files = {
      '/etc/httpd/conf.d/b.conf': 'CustomLog logs/b "%h"',
      '/etc/httpd/conf.d/a.conf': `CustomLog logs/a "%h"\n<IfDefine NO>\nInclude conf.d/never.conf\n</IfDefine>`,
      '/etc/httpd/sites/deep/x': 'CustomLog logs/x "%h"',
      '/etc/httpd/loop.conf': 'Include loop.conf'
    }
    const all = found(`${BASE}Include conf.d/*.conf\nInclude sites\nInclude loop.conf`, files)
    expect(all.slice(0, 4)).toEqual([
      '/etc/httpd/logs/a access %h []',
      '/etc/httpd/logs/b access %h []',
      '/etc/httpd/logs/x access %h []',
      ERRORS
    ])
    expect(all.slice(4)).toEqual([
      '/etc/httpd/loop.conf:1 /etc/httpd/loop.conf is not read: includes are nested too deep, or there are too many'
    ])
  })

  it("takes Debian's envvars, and what -D defines, for variables", () => {
    const files = {
      '/etc/httpd/conf/envvars':
        '# x\nunset HOME\nexport APACHE_LOG_DIR=/var/log/apache2$SUFFIX\nexport WHERE="${APACHE_LOG_DIR}/in"\n'
    }
    const conf =
      'ErrorLog ${APACHE_LOG_DIR}/e\nCustomLog ${WHERE}/${MORE} "%h"\n<IfDefine MORE>\nCustomLog logs/more "%h"\n</IfDefine>'
    expect(found(conf, files, { MORE: 'm' })).toEqual([
      '/var/log/apache2/in/m access %h []',
      '/etc/httpd/logs/more access %h []',
      '/var/log/apache2/e error error24 []'
    ])
  })

  it.each([
    '"',
    '<',
    '<VirtualHost',
    '</VirtualHost>',
    'CustomLog',
    'ErrorLog',
    'Include',
    '\\',
    '<IfModule>\n',
    '\0\0',
    'CustomLog "a\nErrorLog b',
    `CustomLog ${'x'.repeat(1e6)} "%h"`,
    '<If "%{x} == 1">\nCustomLog a b\n</If>',
    'LogFormat\nServerName\nDefine\nUnDefine\nLoadModule\nServerRoot'
  ])('does not fail on %j', conf => expect(found(conf).length).toBeLessThan(10))
})
