import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SecretMask } from './mask.ts'
import { scrubOf } from './scrub.ts'

const mask = new SecretMask({})
const masked = (field: string, text: string, own = mask): string => own.masked(field, text) ?? text

/** Whether the quick look lets a text come to be masked. */
function mayPass(field: string, text: string): boolean {
  const bytes = Buffer.from(text, 'latin1')
  return scrubOf(true)?.look?.(field)?.(bytes, 0, bytes.length) !== false
}

describe('what is masked', () => {
  it.each([
    ['query', 'a=1&token=abc&b=2', 'a=1&token=***&b=2'],
    ['query', 'TOKEN=q&a[token]=x&user%5Bpassword%5D=p', 'TOKEN=***&a[token]=***&user%5Bpassword%5D=***'],
    ['query', '%74oken=abc', '%74oken=***'],
    ['query', 'password=two words&x=1', 'password=***&x=1'],
    [
      'query',
      'next=https%3A%2F%2Fx%2F%3Ftoken%3Dabc%26a%3D1',
      'next=https%3A%2F%2Fx%2F%3Ftoken%3D***%26a%3D1'
    ],
    [
      'query',
      'next=https%253A%252F%252Fx%253Ftoken%253Dabc%2526a%253D1',
      'next=https%253A%252F%252Fx%253Ftoken%253D***%2526a%253D1'
    ],
    [
      'query',
      'data=%7B%22password%22%3A%22abc%22%2C%22a%22%3A1%7D',
      'data=%7B%22password%22%3A%22***%22%2C%22a%22%3A1%7D'
    ],
    [
      'query',
      'code=abc123&key=zz&session=1&sid=2&accessToken=3&X-Amz-Signature=4',
      'code=***&key=***&session=***&sid=***&accessToken=***&X-Amz-Signature=***'
    ],
    ['query', 'sign=9f86d081884c7d659a2feaa0', 'sign=***'],
    ['path', '/a;jsessionid=ABC123/b', '/a;jsessionid=***/b'],
    ['path', '/reset/9f86d081884c7d659a2feaa0/x', '/reset/***/x'],
    ['path', '/reset/gEOzdmenCkhvMdgaKjIg', '/reset/***'],
    [
      'line',
      'x "GET /users/verify/9f86d081884c7d659a2feaa0 HTTP/1.1" y',
      'x "GET /users/verify/*** HTTP/1.1" y'
    ],
    ['request', 'GET /invite/9f86d081884c7d659a2feaa0 HTTP/1.1', 'GET /invite/*** HTTP/1.1'],
    ['path', '/bot123456789:AAhgetH8LmyqoYMaaItDr9uP14pEHpJpb9A/sendMessage', '/***/sendMessage'],
    ['path', '/(S(w00bxmzzna1k1hfzx3kiad9j))/default.aspx', '/(S(***))/default.aspx'],
    ['path', '/app/(A(9f86d081884c7d659a2feaa0)S(w00bxmzzna1k1hfzx3kiad9j))/', '/app/(A(***)S(***))/'],
    ['path', '/services/T12345678/B12345678/gEOzdmenCkhvMdgaKjIgabcd', '/services/***'],
    [
      'query',
      'passwort=a&kennwort=b&mot_de_passe=c&contrase%C3%B1a=d&contrasena=e',
      'passwort=***&kennwort=***&mot_de_passe=***&contrase%C3%B1a=***&contrasena=***'
    ],
    [
      'query',
      'pw=a&old_pw=b&psw=c&userpass=d&creds=e&privkey=f&oobCode=g',
      'pw=***&old_pw=***&psw=***&userpass=***&creds=***&privkey=***&oobCode=***'
    ],
    ['query', 'pem=-----BEGIN+RSA+PRIVATE+KEY-----%0Aabc', 'pem=-----BEGIN+RSA+PRIVATE+KEY-----***'],
    ['message', 'curl -u admin:hunter2 https://x', 'curl -u admin:*** https://x'],
    ['message', 'ran mysql --password hunter2 --host db', 'ran mysql --password *** --host db'],
    ['message', 'token "9f86d081884c7d659a2feaa0" is expired', 'token "***" is expired'],
    ['message', 'Invalid API key: 9f86d081884c7d659a2feaa0', 'Invalid API key: ***'],
    ['message', 'session id 9f86d081884c7d659a2feaa0 not found', 'session id *** not found'],
    ['message', '<login><password>hunter2</password></login>', '<login><password>***</password></login>'],
    ['path', '/x/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc', '/x/***'],
    [
      'referrer',
      'https://user:pw@host/a?b=c#access_token=zz&x=1',
      'https://***@host/a?b=c#access_token=***&x=1'
    ],
    ['referrer', 'https%3A%2F%2Fuser%3Apw%40host%2F', 'https%3A%2F%2F***%40host%2F'],
    ['header.authorization', 'Bearer abc', '***'],
    ['header.cookie', 'a=b; c="d"', 'a=***; c=***'],
    ['reply.set-cookie', 'sid=x; Path=/; HttpOnly', 'sid=***; Path=/; HttpOnly'],
    ['cookie.lang', 'de', '***'],
    [
      'line',
      '{"request_Cookie":"a=b; c=d","downstream_Set-Cookie":"e=f; Path=/","http_cookie":"g=h","cookie_consent":"1"}',
      '{"request_Cookie":"a=***; c=***","downstream_Set-Cookie":"e=***; Path=/","http_cookie":"g=***","cookie_consent":"1"}'
    ],
    ['json.request_Cookie', 'a=b; c=d', 'a=***; c=***'],
    ['json.sent_http_set_cookie', 'a=b; Path=/', 'a=***; Path=/'],
    ['message', 'login failed: password=hunter2, user=bob', 'login failed: password=***, user=bob'],
    [
      'message',
      'invalid token: abc123def, referer: https://a/?token=zz',
      'invalid token: ***, referer: https://a/?token=***'
    ],
    [
      'message',
      String.raw`{"apiKey": "a\"b", 'secret' => 'c'}`,
      String.raw`{"apiKey": "***", 'secret' => '***'}`
    ],
    [
      'line',
      'Authorization: Basic dXNlcjpwYXNz\\r\\nCookie: a=b; c=d\\r\\nHost: x',
      'Authorization: Basic ***\\r\\nCookie: a=***; c=***\\r\\nHost: x'
    ],
    [
      'line',
      '{"pin":1234,"n":{"secret":"q"},"token":["x","y"],"code":404}',
      '{"pin":"***","n":{"secret":"***"},"token":["***","***"],"code":404}'
    ],
    [
      'line',
      String.raw`{"uri":"/a?x=1\u0026token=abc\u0026y=2"}`,
      String.raw`{"uri":"/a?x=1\u0026token=***\u0026y=2"}`
    ],
    [
      'line',
      String.raw`{"body":"{\"password\":\"hun\\\"ter\",\"a\":1}"}`,
      String.raw`{"body":"{\"password\":\"***\",\"a\":1}"}`
    ],
    [
      'line',
      'AKIAIOSFODNN7EXAMPLE ghp_abcdefghijklmnop0123 sk_live_abcdefghijkl xoxb-12345678-abc',
      '*** *** *** ***'
    ]
  ])('%s %s', (field, text, expected) => {
    expect(masked(field, text)).toBe(expected)
    expect(text === expected || mayPass(field, text)).toBe(true)
  })
})

describe('what is not', () => {
  it.each([
    [
      'query',
      'keyword=a&postcode=1&monkey=2&sort_key=3&country_code=DE&secretary=x&token_type=b&max_tokens=5'
    ],
    [
      'query',
      'author=bob&passenger=3&design=1&state=CA&sign=leo&passage=4&turkey=5&unicode=6&hotkey=7&broken=8'
    ],
    ['query', 'q=what+is+a+token%3F&page=2'],
    ['path', '/blog/how-to-reset-password-2024-01-01-again'],
    ['path', '/assets/app.9f86d081884c7d659a2feaa0c55ad015.js'],
    [
      'agent',
      'Mozilla/5.0 (X11; rv:109.0) Gecko/20100101 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)'
    ],
    ['message', 'AH01617: user bob: authentication failure for "/x": Password Mismatch'],
    ['message', "Access denied for user 'x'@'y' (using password: YES)"],
    ['message', 'unexpected token: string; code: 404; key: value'],
    ['message', 'the token is expired, password authentication failed for user bob, session closed'],
    ['message', 'usage: tool --password --user NAME; secret management-console-2024 <title>password</title>'],
    ['message', 'Basic authentication is needed, Bearer of news, token bearer'],
    ['referrer', 'https://example.com:8080/@user/a?b=c'],
    ['client', '2001:db8::1']
  ])('%s %s', (field, text) => expect(masked(field, text)).toBe(text))
})

it('takes names and patterns of the user, and leaves what he excepts', () => {
  const own = new SecretMask({
    names: ['x-internal-*'],
    except: ['code', 'cookie.lang', 'lang'],
    patterns: ['acct-(\\d{4})']
  })
  expect(masked('query', 'X-Internal-Id=7&code=abc&a=acct-1234&token=z', own)).toBe(
    'X-Internal-Id=***&code=abc&a=acct-***&token=***'
  )
  expect(masked('cookie.lang', 'de', own)).toBe('de')
  const alone = new SecretMask({ names: ['a'], defaults: false })
  expect(masked('query', 'a=1&token=z', alone)).toBe('a=***&token=z')
  expect(scrubOf(false)).toBeUndefined()
})

const NAMES = ['token', 'q', 'api_key', 'page', 'Password', 'a[code]', 'session_id', '%6Bey', 'user']
const VALUES = [
  'abc',
  '1',
  'eyJhbGciOiJIUzI1NiJ9.e30.x',
  'https://u:p@h/',
  'a b',
  '"x"',
  "it's",
  'a;b=c',
  '***',
  'AKIAIOSFODNN7EXAMPLE'
]
const JOINTS = ['&', '?', ' ', ';', ', ', '": "', '%26', '/', '\\u0026', '\n']
const SEPARATORS = ['=', ': ', '%3D', '":"', '=>', '%253D', ' Bearer ', '@']
const texts = fc
  .array(fc.tuple(...[NAMES, SEPARATORS, VALUES, JOINTS].map(all => fc.constantFrom(...all))), {
    maxLength: 5
  })
  .map(parts => parts.flat().join(''))
const fields = fc.constantFrom(
  'query',
  'path',
  'referrer',
  'agent',
  'message',
  'line',
  'header.cookie',
  'user'
)

it('what is masked is masked no further', () => {
  fc.assert(
    fc.property(fields, texts, (field, text) => {
      const once = masked(field, text)
      expect(masked(field, once)).toBe(once)
    }),
    { numRuns: 3000 }
  )
})

it('the quick look lets nothing pass that would be masked', () => {
  const scrub = scrubOf(true)
  fc.assert(
    fc.property(fields, texts, (field, text) => {
      const bytes = Buffer.from(`--${text}--`, 'latin1')
      const passes = scrub?.look?.(field)?.(bytes, 2, bytes.length - 2) === false
      expect(passes && mask.masked(field, text) !== undefined).toBe(false)
    }),
    { numRuns: 3000 }
  )
})

/** What makes patterns begin again and again; a second look at all that follows would take hours. */
const ENDLESS = [
  ['token=', ')'],
  ['cookie: ', 'a'],
  ['cookie: Path=/; '],
  ['sign='],
  ['sign=1a='],
  ['code:'],
  ['sign%3D'],
  ['token%', '25'],
  ['authorization:'],
  ['"token":['],
  ['"token":1'],
  ['token="', '\\'],
  ['https://a', ':', '@'],
  ['eyJ'],
  ['SG.'],
  ['/reset/a1b2c3d4e5f6a7b8c9'],
  ['-----BEGIN '],
  ['Bearer ', '+'],
  ['next=https%3A%2F%2Fx%2F%3F'],
  ['\\u003d'],
  ['token '],
  ['token ', ' '],
  ['<a>', 'b'],
  ['<a>b'],
  [' -u a'],
  [' -u ', 'a'],
  ['/reset/'],
  ['(S('],
  ['-----BEGIN', '+']
]

it.each(ENDLESS)('a line of a mebibyte is looked through once: %j', (...parts) => {
  const last = parts.at(-1) ?? ''
  const text = parts.slice(0, -1).join('') + last.repeat((1 << 20) / last.length)
  for (const field of ['line', 'query', 'message', 'header.cookie']) masked(field, `${text}x`)
})
