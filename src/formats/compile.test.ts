import { describe, expect, it } from 'vitest'
import { conformsToFormat } from './contract.ts'
import { formatFor } from './index.ts'

const fieldsOf = (text: string): string => formatFor(text).fields.join(' ')
const at = (part: string): object => ({ op: 'timepart', field: 'time', part })
const literal = (text: string): object => ({ op: 'literal', text })
const stepsOf = (text: string): readonly unknown[] => formatFor(text).program.steps

describe('the fields of a directive string', () => {
  it.each<[text: string, fields: string]>([
    ['%t %a %h %{c}a', 'client client_2 peer'],
    ['%{X-Forwarded-For}i %t %a', 'header.x-forwarded-for client'],
    ['%{X-Forwarded-For}i %l %t', 'client forwarded ident'],
    ['%t %s %>s %<s', 'status_2 status status_3'],
    ['%t %T %D %{ms}T', 'duration_2 duration duration_3'],
    ['%t %V %v', 'vhost_2 vhost'],
    ['%t "%m %U%q %H"', 'method path query protocol'],
    ['%t "%r" %m %U%q', 'method path query protocol request method_2 path_2'],
    ['%t "%r" "%>r"', 'method path query protocol request request_2'],
    ['%t %U "%U%q"', 'path_2 path query'],
    ['%t "%U%q" "%U%q"', 'path query path_2'],
    ['%t %{Referer}i %{REFERER}i', 'referrer referrer_2'],
    ['%t "%{User-agent}i" %{X-Id}i %{SID}C', 'agent header.x-id cookie.sid'],
    ['%t %{SSL_PROTOCOL}x %{A b"\';}e %{x}n %{Age}o', 'ssl.protocol env.a_b___ note.x reply.age'],
    ['%t %{Digest}^ti %{Digest}^to %^FB %^FU', 'trailer.digest reply_trailer.digest ttfb ttfu'],
    ['%t %{end:usec}t', 'time_end'],
    ['%{end}t %h', 'client'],
    ['%t %{sec}t "%{%F}t"', 'time_2 time_3'],
    ['%{%F}t %t', 'time_2'],
    ['%t %{end:%T}t', 'time_2'],
    ['[%t] %E: %7F: %M', 'os_error_code os_error file file_line message details'],
    [
      '[%t] [%a] [%{c}a] [%A] %M',
      'client client_port peer peer_port local_address local_port message details'
    ]
  ])('%s: %s', (text, fields) => expect(fieldsOf(text)).toBe(fields))
})

describe('the steps of a directive string', () => {
  it('joins the pieces of one time', () => {
    expect(stepsOf('%t%{msec_frac}t')).toEqual([...stepsOf('[%{%d/%b/%Y:%H:%M:%S %z}t]'), at('milli')])
    expect(stepsOf('%{%d.%b}t %{%Y}t')).toEqual([
      at('day'),
      literal('.'),
      at('monthName'),
      literal(' '),
      at('year')
    ])
    expect(stepsOf('%{sec}t%{msec_frac}t')).toEqual([at('millis')])
    expect(stepsOf('%{sec}t%{usec_frac}t')).toEqual([at('micros')])
    expect(stepsOf('%{sec}t.%{usec_frac}t')).toEqual([at('seconds'), literal('.'), at('micro')])
  })

  it('takes the only time as the time, though it is that of the answer', () => {
    expect(stepsOf('%{end}t')).toEqual([literal('['), { op: 'clf', field: 'time' }, literal(']')])
  })

  it.each<[text: string, zoned: boolean]>([
    ['%t', true],
    ['%{%F %T}t', false],
    ['%{%F %T %z}t', true],
    ['%{%s}t', true],
    ['%{msec}t', true],
    ['[%{u}t] %M', false],
    ['[%{cu}t] %M', false],
    ['[%{cuz}t] %M', true]
  ])('%s knows its zone: %s', (text, zoned) => expect(formatFor(text).program.zoned).toBe(zoned))

  it.each<[text: string, field: string, ending: object]>([
    ['%h %u %t', 'user', { until: ' [', quoted: false, timed: true }],
    ['%u %{%s}t', 'user', { until: ' ', quoted: false, timed: true }],
    ['%h \\"%u\\" %t', 'user', { until: '" [', quoted: true }],
    ['%t "%{Referer}i" "%{User-Agent}i"', 'referrer', { until: '" "', quoted: true }],
    ['%t "%{Referer}i" "%{User-Agent}i"', 'agent', { until: '"', quoted: true }],
    ['%t (%{Referer}i)', 'referrer', { until: ')', quoted: false }],
    ['%t %f', 'filename', { until: '', quoted: false }],
    ['%u%t', 'user', { until: '[', quoted: false, timed: true }],
    ['%t %m %q %H', 'method', { until: ' ', quoted: false }],
    ['%t [%m]', 'method', { until: ']', quoted: false, word: true }],
    ['%t %m', 'method', { until: '', quoted: false, word: true }],
    ['%h %{X-Forwarded-For}i %t', 'header.x-forwarded-for', { until: ' [', quoted: false, list: true }],
    ['%h \\"%{X-Forwarded-For}i\\" %t', 'header.x-forwarded-for', { until: '" [', quoted: true }],
    ['[%t] "%{a}i" %M', 'header.a', { until: '" ', quoted: false }],
    [String.raw`[%t] %M% ,\ r\ %{Referer}i`, 'message', { until: ', r ', quoted: false, last: true }],
    [String.raw`[%t] %M ,\ r\ %-{Referer}i`, 'message', { until: ' , r ', quoted: false }]
  ])('%s: %s ends', (text, field, ending) => {
    const steps = formatFor(text).program.steps.flatMap(step => (step.op === 'group' ? step.steps : [step]))
    const found = steps.find(step => step.op === 'text' && step.field === field)
    expect(found).toEqual({ op: 'text', field, ...ending })
  })
})

/** Strings of every sort that keep the contract. */
const STRINGS = [
  '%t %b',
  '%{X-Forwarded-For}i %u %t \\"%{X-Forwarded-For}i\\"',
  '%h %{X-Forwarded-For}i %t %>s',
  '%a %{c}a %A %B %k %L %{c}L %m %p %{local}p %{remote}p %P %{tid}P %{hextid}P %R %S %t %X',
  '"%f" "%U" "%q" %t "%V"',
  '%>s%m %t',
  '%b%U%q %t',
  '[%{%d/%b/%Y:%H:%M:%S}t.%{msec_frac}t %{%z}t] "%r"',
  '%{begin:%F %T %z}t %{end:%F %T}t %D',
  '%{%c}t|%{usec_frac}t|%h',
  '%{%Y-%j %R}t %h',
  '%{msec}t %{%z}t %{end:usec}t "%U%q"',
  '%{%b %e %Y}t %u',
  '%t %T %{ms}T %{us}T %D',
  '%t %{a}C;%{b}e;%{c}n;%{d}o;%{e}x;%{f}^ti;%{g}^to',
  '%t é%%"%400,501{User-agent}i"ü',
  '[%{cuz}t] [%-m:%-l] [R:%L] [C:%{C}L] %7F: %E: %M',
  '[%t] [%l] [pid %P:tid %T] [%{g}T] [client\\ %a] [at\\ %A] %v %M% ,\\ referer\\ %{Referer}i',
  '[%{%Y-%m-%d}t %{%H:%M:%S}t] k=%k n=%{a}n; e=%{b}e; %-{c}i %M',
  'ErrorLogFormat request "[%{uc}t] [R:%L] Request %k on C:%{c}L pid:%P tid:%T"',
  'ErrorLogFormat request "[%{uc}t] [R:%L] UA:\'%+{User-Agent}i\'"'
]
for (const text of STRINGS) conformsToFormat(formatFor(text), 30)
