/**
 * How sure it is that what stands behind a name is a secret. `strong`: always. `weak`: where it is given as a parameter, a
 * cookie, or a text of JSON, but not in prose (`code: 404`). `random`: only where it looks as if nobody had made it up.
 */
export type Secrecy = 'none' | 'random' | 'weak' | 'strong'

/** A word that makes any name secret, but for one that ends in a word of `ABOUT`. */
const STRONG_WORDS = new Set(
  'token secret password passwd pwd passphrase passcode apikey credential credentials creds signature jwt otp totp csrf xsrf bearer authorization passwort kennwort senha contrasena wachtwoord mdp passe heslo haslo'.split(
    ' '
  )
)

/** What is told of a secret and is none: `token_type`, `password_length`. */
const ABOUT = new Set(
  'type length len count size expiry expires expired expiration in at on age limit limits policy name names enabled required strength rules rule min max status url uri endpoint method algorithm version mismatch valid used'.split(
    ' '
  )
)

/** Whole names, written together. */
const STRONG_NAMES = new Set(
  'samlresponse samlrequest assertion clientassertion cvv cvc cvv2 cvc2 ssn cardnumber creditcard ccnumber ccnum mfa authkey proxyauthorization sharedaccesssignature contrasea psw pswd userpass dbpass oldpass newpass bindpw'.split(
    ' '
  )
)
const WEAK_NAMES = new Set(
  'key code pw session sessions sess sid sig auth pass pin hmac wpnonce oauthnonce oauthverifier codeverifier verifier accesskeyid awsaccesskeyid xamzcredential xgoogcredential cftoken cfid'.split(
    ' '
  )
)
const RANDOM_NAMES = new Set(
  'sign hash state nonce ticket digest reset verify verification confirm confirmation activate activation invite invitation unsubscribe magic login signin recover recovery resetpassword forgotpassword verifyemail confirmemail magiclink'.split(
    ' '
  )
)

/** Ends of names that are written together in small letters; `keyword`, `postcode` and `monkey` have none of them. */
const ENDS =
  /(?:token|secret|password|passwd|passphrase|passcode|signature|credentials?|jwt|csrf|xsrf|(?:api|access|secret|private|priv|auth|licen[cs]e|master|encryption|signing|consumer|client|app|shared|storage|subscription|session|account|service|security)key|sess(?:ion)?id)$/

/** What makes a secret of a key or a code: `api_key`, `reset_code`, not `sort_key`, `country_code`. */
const OF_KEYS = new Set(
  'api access auth secret private encryption encrypt decryption signing master account license licence client app application consumer shared storage subscription session service security user admin rest developer dev server project deploy ssh pgp gpg'.split(
    ' '
  )
)
const OF_CODES = new Set(
  'auth authorization authentication access reset verification verify confirm confirmation activation invite invitation otp sms security pass pin login recovery backup oauth mfa twofactor 2fa device user email oob'.split(
    ' '
  )
)
const OF_SESSIONS = new Set('session sess id key hash state data cookie ticket'.split(' '))

/** The headers of cookies, as servers call them: `Set-Cookie`, `http_cookie`, `request_Cookie`, `sent_http_set_cookie`. */
const COOKIES =
  /^(?:(?:req(?:uest)?|resp?(?:onse)?|reply|downstream|upstream|origin|sent|client|proxy|headers?|http|set)[_.-]?)*cookies?2?$/i

/** Whether a header, a member or a field holds cookies. */
export function isCookies(name: string): boolean {
  return COOKIES.test(name.slice(name.lastIndexOf('.') + 1))
}

/** Some piece of this is in every name above, and in those of schemes, where it is not percent-encoded: for a quick look at a text. */
export const HINTS: readonly string[] =
  'token secret pass pwd pw psw cred kennwort senha contrase wachtwoord mdp heslo haslo key code sess sid sig auth cookie jwt otp csrf xsrf bearer credential pin hmac hash state nonce ticket digest verif confirm activat invit unsub magic login recover reset saml assert cvv cvc ssn card ccnum mfa cfid basic negotiate ntlm aws4 shared googlelogin hawk'.split(
    ' '
  )
export const HINT = new RegExp(`${HINTS.join('|')}|%`, 'i')

const MAX_KNOWN = 10_000

/** Judges names of parameters, members, headers and cookies, each once. */
export class SecretNames {
  readonly #own: readonly RegExp[]
  readonly #except: readonly RegExp[]
  readonly #defaults: boolean
  readonly #known = new Map<string, Secrecy>()

  /** `own` and `except`: names, `*` for any text, whatever their case; what is excepted is no secret. */
  constructor(own: readonly string[] = [], except: readonly string[] = [], defaults = true) {
    this.#own = own.map(wildcard)
    this.#except = except.map(wildcard)
    this.#defaults = defaults
  }

  /** `name` as it stands in a line, percent-encoded perhaps, with `[…]`. */
  of(name: string): Secrecy {
    let known = this.#known.get(name)
    if (known === undefined) {
      if (this.#known.size >= MAX_KNOWN) this.#known.clear()
      this.#known.set(name, (known = this.#judged(plainName(name))))
    }
    return known
  }

  /** Whether the user wants the values of a name to stay. */
  excepted(name: string): boolean {
    return this.#except.some(pattern => pattern.test(name))
  }

  #judged(name: string): Secrecy {
    // `token[]`, `token[0]` and `user[token]` are named by what tells most.
    const parts = name.split(/[[\]]+/).filter(part => part !== '' && !/^\d+$/.test(part))
    const last = parts.at(-1) ?? ''
    const matches = (patterns: readonly RegExp[]): boolean =>
      patterns.some(pattern => pattern.test(name) || pattern.test(last))
    if (matches(this.#except)) return 'none'
    if (matches(this.#own)) return 'strong'
    return this.#defaults ? secrecyOf(last) : 'none'
  }
}

/** A name without its encoding; of several that stand one behind the other (`next=/a?token`) the last. */
function plainName(name: string): string {
  let plain = name
  for (let i = 0; i < 3 && plain.includes('%'); i++)
    plain = plain.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16))
    )
  plain = plain.replace(/["'`\\\s]+$/, '')
  return plain.slice(plain.search(/[^?&#;/=,:\s{("'`\\]*$/))
}

function secrecyOf(name: string): Secrecy {
  const words = wordsOf(name)
  const last = words.at(-1) ?? ''
  const whole = words.join('')
  const others = words.slice(0, -1)
  if (STRONG_NAMES.has(whole) || isCookies(name)) return 'strong'
  if (words.some(word => STRONG_WORDS.has(word)) && !ABOUT.has(last)) return 'strong'
  if (ENDS.test(whole)) return 'strong'
  if (last === 'key' && others.some(word => OF_KEYS.has(word))) return 'strong'
  if (last === 'code' && others.some(word => OF_CODES.has(word))) return 'strong'
  if (WEAK_NAMES.has(whole) || last === 'sid' || /sess(?:ion)?id/.test(whole)) return 'weak'
  if (words.includes('session') && OF_SESSIONS.has(last)) return 'weak'
  if (
    others.length > 0 &&
    (last === 'pass' || last === 'pw' || last === 'auth' || last === 'pin' || last === 'sig')
  )
    return 'weak'
  return RANDOM_NAMES.has(whole) ? 'random' : 'none'
}

/** `accessToken2` and `ACCESS_TOKEN` are access and token. */
function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .map(word => word.replace(/(?<=[a-z]{3})\d+$/, ''))
    .filter(word => word !== '')
}

function wildcard(pattern: string): RegExp {
  const escaped = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*')
  return new RegExp(`^${escaped}$`, 'i')
}
