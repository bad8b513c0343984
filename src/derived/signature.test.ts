import { describe, expect, it } from 'vitest'
import { codeOf, signatureOf } from './signature.ts'

const cases: readonly (readonly [string, string])[] = [
  [
    'AH01102: error reading status line from remote server localhost:3000',
    'AH01102: error reading status line from remote server localhost:<number>'
  ],
  ['AH00128: File does not exist: /srv/www/robots.txt', 'AH00128: File does not exist: <path>'],
  [
    "AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using 172.18.0.4.",
    "AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using <address>."
  ],
  ['mod_jk child workerEnv in error state 6', 'mod_jk child workerEnv in error state <number>'],
  [
    'jk2_init() Found child 6725 in scoreboard slot 10',
    'jk2_init() Found child <number> in scoreboard slot <number>'
  ],
  ['client denied by server configuration: /home/x/', 'client denied by server configuration: <path>'],
  ['got "abc" at 0xdeadbeef from 2001:db8::1', 'got <text> at <hex> from <address>'],
  ['see https://example.org/a?b=1, then stop', 'see <url>, then stop'],
  ['job 550e8400-e29b-41d4-a716-446655440000 failed', 'job <id> failed'],
  ['', '']
]

describe('signatureOf', () => {
  it.each(cases)('%s', (message, signature) => expect(signatureOf(message)).toBe(signature))

  it('is the same for messages that differ in what varies', () =>
    expect(signatureOf('worker 12 of /srv/a died after 3.5 s')).toBe(
      signatureOf('worker 7 of /srv/b/c died after 11 s')
    ))

  it('stays short and quick on hostile text', () => {
    const started = performance.now()
    for (const text of [
      '/a'.repeat(1e5),
      ':'.repeat(1e5),
      '0:'.repeat(1e5),
      '"'.repeat(1e5),
      'a.'.repeat(1e5)
    ])
      expect(signatureOf(text).length).toBeLessThanOrEqual(241)
    expect(performance.now() - started).toBeLessThan(1000)
  })
})

describe('codeOf', () => {
  it('is the AH number in front', () => expect(codeOf('AH01102: error')).toBe('AH01102'))
  it.each(['error AH01102: x', 'AH1: x', '', 'ah01102: x'])('is nothing for %j', text =>
    expect(codeOf(text)).toBeUndefined()
  )
})
