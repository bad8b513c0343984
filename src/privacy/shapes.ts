/** What stands for a secret. */
export const MASK = '***'

/** A part of a text, the end not included. */
export interface SecretSpan {
  readonly from: number
  readonly to: number
  /** What stands for it, where that is not the usual mask. */
  readonly mask?: string
}

/** So many characters of a token's alphabet in a row has every shape below. */
export const SHORTEST_SHAPE = 13

/** How shapes begin that have so long a part of their beginning, and how others do. */
export const BEGINNING =
  /eyJ|A(?:KIA|SIA|GPA|IDA|ROA|IPA|NPA|NVA|Iza|TATT3|A)|gh[oprsu]_|github|gl[a-z]+-|[prs]k[_-]|whsec|xox|xapp|hf_|GOCSPX|npm_|pypi-|dckr|key-|SK|shp|do[opr]_|sq0|PMAK|NRAK|lin_api|dapi|AGE-|visor_|(?:ST|PT|TGT|PGT)-/
export const OTHERS = [
  'SG.',
  'ya29.',
  'hvs.',
  'hvb.',
  'xox',
  'xapp',
  'hooks.slack',
  '/services/T',
  '/api/webhooks/',
  'S(',
  'A(',
  'F(',
  '-----BEGIN'
]

/** What secrets look like whatever stands before them: those of well-known services, by the beginnings that they document. */
const SHAPES = new RegExp(
  [
    // JSON Web Tokens, signed or encrypted, and other JSON in base64
    String.raw`eyJ[\w-]{10,}(?:\.[\w-]*){1,4}`,
    String.raw`eyJ[\w+/=-]{20,}`,
    // Amazon
    String.raw`(?:AKIA|ASIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA)[A-Z\d]{12,}`,
    // GitHub, GitLab
    String.raw`gh[oprsu]_[A-Za-z\d]{16,}`,
    String.raw`github_pat_\w{16,}`,
    String.raw`gl(?:pat|ptt|dt|rt|cbt|soat|ft|imt|agent|oas)-[\w-]{16,}`,
    // Stripe
    String.raw`[prs]k_(?:live|test)_[A-Za-z\d]{8,}`,
    String.raw`whsec_[A-Za-z\d+/=]{12,}`,
    // Slack, Discord, Telegram
    String.raw`xox[a-z](?:\.xox[a-z])?-[A-Za-z\d-]{8,}`,
    String.raw`xapp-\d-[A-Za-z\d-]{8,}`,
    String.raw`(?<=hooks\.slack\.com/(?:services|workflows|triggers)/)[\w/]{12,}`,
    String.raw`(?<=/services/)T[A-Z\d]{8,}/B[A-Z\d]{8,}/\w{20,}`,
    String.raw`(?<=discord(?:app)?\.com/api/webhooks/)\d+/[\w-]{16,}`,
    String.raw`(?<=/api/webhooks/)\d{17,20}/[\w-]{60,}`,
    String.raw`(?:bot)?\d{8,10}:AA[\w-]{30,}`,
    // sessions of ASP.NET in paths: `/(S(…))/`
    String.raw`(?<=[/)(][ASF]\()[\w-]{20,}(?=\))`,
    // OpenAI, Anthropic and others
    String.raw`sk-[\w-]{16,}`,
    String.raw`hf_[A-Za-z\d]{20,}`,
    // Google
    String.raw`AIza[\w-]{30,}`,
    String.raw`ya29\.[\w.-]{13,}`,
    String.raw`GOCSPX-[\w-]{10,}`,
    // registries, clouds and shops
    String.raw`npm_[A-Za-z\d]{30,}`,
    String.raw`pypi-[\w-]{16,}`,
    String.raw`dckr_pat_[\w-]{16,}`,
    String.raw`SG\.[\w-]{16,}\.[\w-]{16,}`,
    String.raw`key-[\da-f]{32}`,
    String.raw`SK[\da-f]{32}`,
    String.raw`shp(?:at|ca|pa|ss)_[\da-fA-F]{20,}`,
    String.raw`do[opr]_v1_[\da-f]{20,}`,
    String.raw`sq0(?:atp|csp|idp)-[\w-]{10,}`,
    String.raw`hv[bs]\.[\w-]{20,}`,
    String.raw`ATATT3[\w=-]{20,}`,
    String.raw`(?:PMAK|NRAK)-[\w-]{20,}`,
    String.raw`lin_api_[A-Za-z\d]{20,}`,
    String.raw`dapi[\da-f]{32}`,
    String.raw`AGE-SECRET-KEY-1[A-Z\d]{20,}`,
    // Visor's own, and tickets of CAS
    String.raw`visor_[\w-]{20,}`,
    String.raw`(?:ST|PT|TGT|PGT)-\d+-[\w.-]{8,}`
  ].join('|'),
  'g'
)

const PRIVATE_KEY = /-----BEGIN(?:[A-Z +]|%20)*PRIVATE(?: |\+|%20)KEY-----([^]*?)(?:-----END|$)/g

/** `Bearer` and others with what they carry. */
const SCHEMES =
  /\b(Bearer|Basic|Negotiate|NTLM|Token|ApiKey|Digest|AWS4-HMAC-SHA256|SharedAccessSignature|GoogleLogin|Hawk)(?: |\+|%(?:25)*20)+(?:Credential=|auth=|username=)?([\w.~+/=%:-]{6,})/gi

const USER = new RegExp(
  String.raw`(?::|%(?:25)*3a)(?:\\?/|%(?:25)*2f){2}((?:(?!%(?:25)*2f)[^/\s"'?#<>\\])+)(?:@|%(?:25)*40)`,
  'gi'
)

/** What looks like a secret by itself. */
export function* shapesIn(text: string): Generator<SecretSpan> {
  for (const { 0: found, index } of text.matchAll(SHAPES))
    if (begins(text, index)) yield { from: index, to: index + found.length }
  if (text.includes('-----BEGIN'))
    for (const { 0: found, 1: inner = '', index } of text.matchAll(PRIVATE_KEY)) {
      const from = index + found.indexOf(inner, 11)
      yield { from, to: from + inner.length }
    }
}

/** Names and passwords in addresses: `https://user:password@host`. */
export function* usersIn(text: string): Generator<SecretSpan> {
  for (const { 0: found, 1: user = '', index } of text.matchAll(USER)) {
    const from = index + found.indexOf(user, 3)
    yield { from, to: from + user.length }
  }
}

/** What is behind `Bearer`, `Basic` and the like, but no prose: `Basic authentication`, `bearer of news`. */
export function* schemesIn(text: string): Generator<SecretSpan> {
  for (const { 0: found, 1: scheme = '', 2: value = '', index } of text.matchAll(SCHEMES)) {
    const isSecret = /basic/i.test(scheme)
      ? isPair(value)
      : /^Digest|^Token/i.test(scheme)
        ? isRandom(value)
        : isOdd(value)
    if (isSecret) yield { from: index + found.length - value.length, to: index + found.length }
  }
}

/** User and password as base64. */
function isPair(value: string): boolean {
  return /^[ -~\x80-\xff]*:[ -~\x80-\xff]*$/.test(
    Buffer.from(decodePercents(value), 'base64').toString('latin1')
  )
}

function isOdd(value: string): boolean {
  return /\d/.test(value) || value.length >= 20 || /[a-z][A-Z]/.test(value)
}

/** Whether a text looks as if nobody had made it up: long, letters and digits, no words; or letters of both cases in any order. */
export function isRandom(value: string): boolean {
  if (value.length < 16 || !/^[\w.~+/=%-]+$/.test(value)) return false
  if (/\d/.test(value)) return /[a-z]/i.test(value)
  return /^[A-Za-z]+$/.test(value) && /[A-Z]{2}/.test(value) && /[a-z][A-Z]/.test(value)
}

/** What a command line or a sentence calls a secret, and what comes next. */
const TOLD =
  /(--)?(?:token|secret|passwor[dt]|passwd|pwd|passphrase|api[ _-]?key|secret[ _-]key|session(?:[ _-]?id)?|credentials?|jwt)(?:\s{1,3}is|\s{0,3}:)?\s{1,3}\\{0,3}["'`]?([^\s"'`\\,;<>&]+)/gi

/** An element of XML. */
const ELEMENT = /<(?:\w{1,40}:)?(\w{1,60})>([^<>]+)<\//g

/** The user and the password of curl and others. */
const USER_OPTION = /\s(?:-u|--user)[\s=]{1,3}["']?[^\s:"'/]{1,200}:([^\s"']+)/g

/** Secrets that are told of in prose: `token "…" is expired`, where nobody made the value up; `--password …`, `-u name:…`. */
export function* toldIn(text: string, isName: (name: string) => boolean): Generator<SecretSpan> {
  for (const { 0: found, 1: option, 2: value = '', index } of text.matchAll(TOLD))
    if (
      option !== undefined ? !/^(?:-|$)/.test(value) : isRandom(value) && /\d[a-z]+\d|[a-z][A-Z]/.test(value)
    )
      yield { from: index + found.length - value.length, to: index + found.length }
  for (const { 0: found, 1: name = '', 2: value = '', index } of text.matchAll(ELEMENT))
    if (isName(name)) yield { from: index + found.length - 2 - value.length, to: index + found.length - 2 }
  for (const { 0: found, 1: password = '', index } of text.matchAll(USER_OPTION))
    yield { from: index + found.length - password.length, to: index + found.length }
}

function decodePercents(text: string): string {
  return text.replaceAll(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** Whether what is before a place is no part of the same word; an escape is none. */
function begins(text: string, at: number): boolean {
  if (at === 0 || !/[A-Za-z\d]/.test(text[at - 1] ?? '')) return true
  return /(?:%[\da-f]{2}|\\u[\da-f]{4}|\\x[\da-f]{2}|\\[nrt])$/i.test(text.slice(Math.max(0, at - 6), at))
}
