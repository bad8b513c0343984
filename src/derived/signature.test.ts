import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CODE, SIGNATURE } from './signature.ts'

const codeOf = (message: string): string | undefined => CODE.derive(message)
const signatureOf = (message: string): string => SIGNATURE.derive(message) ?? ''

/** Messages as servers write them, each with its signature. */
const cases: readonly (readonly [string, string])[] = [
  [
    'AH01102: error reading status line from remote server localhost:3000',
    'AH01102: error reading status line from remote server localhost:<number>'
  ],
  [
    'AH00957: HTTP: attempt to connect to 10.0.0.7:8080 (api.example.com:8080) failed',
    'AH00957: HTTP: attempt to connect to <address> (<host>) failed'
  ],
  ['AH00128: File does not exist: /srv/www/robots.txt', 'AH00128: File does not exist: <path>'],
  [
    'AH01630: client denied by server configuration: /',
    'AH01630: client denied by server configuration: <path>'
  ],
  [
    "AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using 172.18.0.4. Set the 'ServerName' directive globally to suppress this message",
    "AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using <address>. Set the <text> directive globally to suppress this message"
  ],
  ['AH00490: Server built: Jun  7 2016 17:55:26', 'AH00490: Server built: <time>'],
  [
    'AH00489: Apache/2.4.20 (Unix) configured -- resuming normal operations',
    'AH00489: Apache/<number> (Unix) configured -- resuming normal operations'
  ],
  [
    'AH00096: removed PID file /usr/local/apache2/logs/httpd.pid (pid=1)',
    'AH00096: removed PID file <path> (pid=<number>)'
  ],
  [
    '(13)Permission denied: AH00035: access to /private/ denied',
    '(13)Permission denied: AH00035: access to <path> denied'
  ],
  [
    'AH01906: www.example.org:443:0 server certificate is a CA certificate',
    'AH01906: <host>:<number> server certificate is a CA certificate'
  ],
  [String.raw`AH00126: Invalid URI in request \x16\x03\x01 "x`, 'AH00126: Invalid URI in request <request>'],
  [
    'AH01626: authorization result of <RequireAny>: granted',
    'AH01626: authorization result of <RequireAny>: granted'
  ],
  [
    String.raw`AH01071: Got error 'PHP message: PHP Warning:  Undefined array key "id" in /srv/a/index.php on line 12\n'`,
    String.raw`AH01071: Got error 'PHP message: PHP Warning:  Undefined array key <text> in <path> on line <number>\n'`
  ],
  [
    'PHP Fatal error:  Uncaught Error: Call to undefined method Shop::find() in /srv/shop.php:12',
    'PHP Fatal error:  Uncaught Error: Call to undefined method Shop::find() in <path>:<number>'
  ],
  [
    'PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes)',
    'PHP Fatal error:  Allowed memory size of <number> bytes exhausted (tried to allocate <number> bytes)'
  ],
  [
    'cache holds 1.5 MB of 64M after 250ms, 83% full',
    'cache holds <number> of <number> after <number>, <number> full'
  ],
  [
    'open() "/usr/share/nginx/html/favicon.ico" failed (2: No such file or directory)',
    'open() <text> failed (2: No such file or directory)'
  ],
  [
    'connect() failed (111: Connection refused) while connecting to upstream',
    'connect() failed (111: Connection refused) while connecting to upstream'
  ],
  [
    String.raw`ModSecurity: Warning. Pattern match "(?i:\"[a-z]+)" at ARGS:q. [file "/etc/crs/942.conf"] [line "66"] [id "942100"] [msg "Score exceeded (5)"] [uri "/a"]`,
    'ModSecurity: Warning. Pattern match <text> at ARGS:q. [file <text>] [line <text>] [id "942100"] [msg "Score exceeded (<number>)"] [uri <text>]'
  ],
  ['mod_jk child workerEnv in error state 6', 'mod_jk child workerEnv in error state <number>'],
  ['mod_jk child init 1 -2', 'mod_jk child init <number> <number>'],
  ['workerEnv.init() ok /etc/httpd/conf/workers2.properties', 'workerEnv.init() ok <path>'],
  ["jk2_init() Can't find child 6725 in scoreboard", "jk2_init() Can't find child <number> in scoreboard"],
  ["it's the users' own 'isn't it' and 'b'", "it's the users' own <text> and <text>"],
  [
    'got "abc" at 0xdeadbeef from 2001:db8::1, [::1]:80 or ::',
    'got <text> at <hex> from <address>, <address> or ::'
  ],
  ['from 00:1a:2b:3c:4d:5e and 2001:db8:0:0:1:2:3:4', 'from <address> and <address>'],
  ['see https://example.org/a?b=1, then (http://b.c:8/) stop', 'see <url>, then (<url>) stop'],
  ['job 550e8400-e29b-41d4-a716-446655440000 of Z2QLZ3V-CojDg2SN2pQ5GQAAQA0', 'job <id> of <id>'],
  ['mail to joe.bloggs+x@example.co.uk bounced', 'mail to <email> bounced'],
  [
    'at 2024-02-29T12:00:01.5Z, 10:11:12, 07/Jun/2017:10:11:12 +0000 and Wed, 07 Jun 2017 10:11:12 GMT',
    'at <time>, <time>, <time> and <time>'
  ],
  ['could not open C:\\inetpub\\a.asp or ../up', 'could not open <path> or <path>'],
  ['unfinished "text', 'unfinished <text>'],
  ['', '']
]

/** What hostile and honest messages are made of. */
const piece = fc.oneof(
  fc.constantFrom(...cases.flatMap(([message]) => message.split(/(?<= )/))),
  fc.constantFrom(...`"'\\/:.,-<>()[]@ 0x7aZ…`.split('')),
  fc.string({ unit: 'grapheme', maxLength: 8 })
)
const message = fc.array(piece, { maxLength: 120 }).map(pieces => pieces.join(''))

describe('signatureOf', () => {
  it.each(cases)('%s', (message, signature) => expect(signatureOf(message)).toBe(signature))

  it('is the same for messages that differ in what varies', () =>
    expect(signatureOf('worker 12 of /srv/a died after 3.5 s')).toBe(
      signatureOf('worker 7 of /srv/b/c died after 11 s')
    ))

  it('is its own signature, and bounded', () =>
    fc.assert(
      fc.property(message, text => {
        const signature = signatureOf(text)
        expect(signature.length).toBeLessThanOrEqual(241)
        expect(signatureOf(signature)).toBe(signature)
      }),
      { seed: 4, numRuns: 3000 }
    ))
})

describe('codeOf', () => {
  it('is the AH number in front', () => expect(codeOf('AH01102: error')).toBe('AH01102'))
  it.each(['error AH01102: x', 'AH1: x', '', 'ah01102: x'])('is nothing for %j', text =>
    expect(codeOf(text)).toBeUndefined()
  )
})
