import { describe, expect, it } from 'vitest'
import type { Kind } from '../core/fields.ts'
import { formatFor, formatsFor, presets } from './index.ts'

const caught = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}

describe('formatFor', () => {
  it.each<[text: string, name: string, kind: Kind]>([
    ['combined', 'combined', 'access'],
    ['Error 2.4', 'error24', 'error'],
    ['"combined"', 'combined', 'access'],
    ['CustomLog logs/access_log combined', 'combined', 'access'],
    [String.raw`%h %l %u %t "%r" %>s %b`, 'common', 'access'],
    [String.raw`%h %l %u %t \"%r\" %>s %b`, 'common', 'access'],
    [String.raw`"%h %l %u %t \"%r\" %>s %b"`, 'common', 'access'],
    [`'%h %l %u %t "%r" %>s %b'`, 'common', 'access'],
    [String.raw`LogFormat "%h %l %u %t \"%r\" %>s %b" common`, 'common', 'access'],
    [String.raw`  logformat   "%h %l %u %t \"%r\" %>s %b"  `, 'common', 'access'],
    ['LogFormat "%h %l %u %t \\\n  \\"%r\\" %>s %b" common', 'common', 'access'],
    [
      String.raw`CustomLog "|bin/rotate /var/log/a" "%h %l %u %t \"%r\" %>s %b" env=!quiet`,
      'common',
      'access'
    ],
    [String.raw`"%r" %t "%U"`, 'custom', 'access'],
    ['ErrorLogFormat "[%t] [%l] %M"', 'custom', 'error'],
    ['ErrorLogFormat connection "[%{uc}t] C:%{c}L"', 'custom', 'error'],
    ['[%t] [%l] %M', 'custom', 'error'],
    ['[%t]\u00a0[%l] %M%\u00a0,\\\u00a0r:\\\u00a0%{Referer}i', 'custom', 'error'],
    ['[%{uc}t] R:%L', 'custom', 'error'],
    ['[%{%d/%b/%Y:%H:%M:%S}t] %h', 'custom', 'access'],
    ['%{begin:msec}t %h', 'custom', 'access']
  ])('reads %j', (text, name, kind) => expect(formatFor(text)).toMatchObject({ name, kind }))

  it('takes the kind that it is given', () => {
    expect(formatFor('[%t] %L', 'error').program.zoned).toBe(false)
    expect(formatFor('[%t] %L', 'access').program.zoned).toBe(true)
  })

  it('gives back equal formats for their strings', () => {
    for (const format of presets()) expect(formatFor(format.text, format.kind)).toBe(format)
    const custom = formatFor('"%m" %t\t"%U%q"')
    expect(custom.text).toBe('\\"%m\\" %t\t\\"%U%q\\"')
    expect(formatFor(custom.text, custom.kind).program).toEqual(custom.program)
  })

  it.each<[text: string, problem: RegExp, shown: string, caret: number, kind?: Kind]>([
    ['', /No format has this name; known are .*combined/, '', 0],
    ['combinde', /No format has this name/, 'combinde', 0],
    ['combined', /format of access logs/, 'combined', 0, 'error'],
    ['%h %Z %t', /%Z is no directive of a LogFormat/, '%h %Z %t', 3],
    ['%h %^XY %t', /%\^XY is no directive/, '%h %^XY %t', 3],
    ['[%t] %D %M', /%D is no directive of an ErrorLogFormat/, '[%t] %D %M', 5],
    ['%t %{x}p', /Known are %p, %\{canonical\}p, %\{local\}p, %\{remote\}p/, '%t %{x}p', 3],
    ['%t %i', /Known are .*%\{VARNAME\}i/, '%t %i', 3],
    ['"%h %t %{a"', /brace is not closed/, '%h %t %{a', 7],
    ['%h %l', /time directive is needed/, '%h %l', 0],
    ['%h %{%H:%M}t', /lacks its year/, '%h %{%H:%M}t', 3],
    ['%h %{%Y-%d}t', /lacks its month/, '%h %{%Y-%d}t', 3],
    ['%{end:%Y-%m}t', /lacks its day/, '%{end:%Y-%m}t', 0],
    ['%{%Y %U}t', /conversion %U cannot be read; known are/, '%{%Y %U}t', 5],
    ['%{end:%V}t', /conversion %V/, '%{end:%V}t', 6],
    ['%{%Y%}t', /conversion % cannot/, '%{%Y%}t', 4],
    ['%{%Y%n}t', /conversion %n/, '%{%Y%n}t', 4],
    ['[%{ux}t] %M', /options of %t are c, u and z/, '[%{ux}t] %M', 4],
    ['%t %h%l', /where it ends is unknown/, '%t %h%l', 3],
    ['%t %q%h', /where it ends is unknown/, '%t %q%h', 3],
    ['%h %{sec}t%{usec_frac}t%b', /digit may follow/, '%h %{sec}t%{usec_frac}t%b', 3],
    ['%t %b%D', /digit may follow/, '%t %b%D', 3],
    ['%t %b%h', /digit may follow/, '%t %b%h', 3],
    ['%t %b0', /digit may follow/, '%t %b0', 3],
    ['%{sec}t%{%Y}t', /where it ends is unknown/, '%{sec}t%{%Y}t', 0],
    ['%t %r %>s', /needs quotes/, '%t %r %>s', 3],
    ['%t\t%h%l', /where it ends is unknown/, '%t\t%h%l', 3],
    ['[%t] %M %{Referer}i [x]', /needs quotes/, '[%t] %M %{Referer}i [x]', 5],
    ['[%t] %M %{Referer}i', /needs quotes/, '[%t] %M %{Referer}i', 5],
    ['[%t] %M% ,%{Referer}i [x]', /where it ends is unknown/, '[%t] %M% ,%{Referer}i [x]', 5]
  ])('refuses %j', (text, problem, shown, caret, kind) => {
    const error = caught(() => formatFor(text, kind))
    expect(error).toMatchObject({ name: 'VisorError', code: 'FORMAT' })
    const [message, line, pointer, ...more] = error instanceof Error ? error.message.split('\n') : []
    expect(message).toMatch(problem)
    expect(line).toBe(shown)
    expect(pointer).toMatch(/^\s*\^$/)
    expect(pointer).toHaveLength(caret + 1)
    expect(more).toEqual([])
  })

  it.each([
    ['combined\nerror24', ['combined', 'error24']],
    ['\ncombined\r\n\n  error24\n', ['combined', 'error24']],
    ['%h %l %u %t \\\n  \\"%r\\" %>s %b\nerror24', ['common', 'error24']],
    [
      `  log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                 '$status $body_bytes_sent "$http_referer" '
                 '"$http_user_agent"';
       log_format two "$remote_addr [$time_local] ;$status";
       nginx_error`,
      ['custom', 'custom', 'nginx_error']
    ]
  ])('reads several, one a line, and what goes on in the next line: %j', (text, names) => {
    expect(formatsFor(text).map(({ name }) => name)).toEqual(names)
  })

  it.each(['', ' \n'])('refuses nothing: %j', text => expect(() => formatsFor(text)).toThrow('No format'))

  it('shows control characters of a bad string as harmless ones', () => {
    expect(() => formatFor('%t \u001b[31m\u0007%h%l')).toThrow('%t \ufffd[31m\ufffd%h%l\n         ^')
  })
})
