import type { Kind } from '../core/fields.ts'
import type { Derivation } from './kind.ts'

const MAX_SIGNATURE_LENGTH = 240
/** ModSecurity gives its rule behind a pattern that may be a thousand characters long. */
const MAX_MESSAGE_LENGTH = 2048

const month = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)'
const date = `(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?(?:${month} {1,2}\\d{1,2}(?:,? \\d{4})?|\\d{1,2}[ /-]${month}[ /-]\\d{4}|\\d{4}[-/]\\d\\d[-/]\\d\\d)`
const clock = String.raw`\d{1,2}:\d\d:\d\d(?:[.,]\d+)?(?: \d{4})?(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?`
const port = String.raw`(?::\d{1,5})?`

/**
 * Where a word begins and ends. What was taken out before (`>`, `<`) and the mark of a cut count as parts of words, so
 * that the signature of a signature is the same.
 */
const begin = String.raw`(?<![\w>])`
const end = '(?![\\w<…])'

/**
 * What varies, by the name that takes its place, most particular first. No pattern looks further back or ahead than
 * a bounded distance without taking what it looked at, so time grows with the length of the text alone.
 */
const VARIABLES: Readonly<Record<string, readonly string[]>> = {
  // Not taken out: names, the number of a system error, the rule and the message of ModSecurity.
  kept: [
    '<[a-z]+>',
    String.raw`\(\d+(?:: |\)(?=[A-Za-z]))`,
    String.raw`\[id "\d+"\]`,
    String.raw`\[msg "`,
    '"(?=\\])'
  ],
  // Whatever a client sent instead of a request.
  request: ['(?<=Invalid (?:URI|method) in request ).+'],
  // Texts in quotes, but for what PHP-FPM said, which Apache quotes whole. An apostrophe within a word is no quote.
  text: [String.raw`"(?:[^"\\]|\\.)*(?:"|$)`, `(?<!Got error )${begin}'(?:[^']|'(?=[\\w<…])){0,200}'${end}`],
  url: [String.raw`${begin}[A-Za-z][A-Za-z0-9+.-]{0,15}:\/\/[^\s,;"'<>()|…]*[^\s,;"'<>()|.:…]`],
  email: [String.raw`(?<![\w.+>-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[\w-]{2,63}${end}`],
  id: [
    `${begin}[\\da-fA-F]{8}-(?:[\\da-fA-F]{4}-){3}[\\da-fA-F]{12}${end}`,
    // Apache's unique id, request ids and session ids.
    `(?<![\\w@>-])(?=[\\w@-]{0,40}\\d)(?=[\\w@-]{0,40}[A-Z])(?=[\\w@-]{0,40}[a-z])[\\w@-]{20,}(?![<…])`
  ],
  address: [
    `${begin}\\d{1,3}(?:\\.\\d{1,3}){3}${port}${end}`,
    `${begin}\\[?(?:[\\da-fA-F]{1,4}:){4,7}[\\da-fA-F]{1,4}(?:\\]${port})?${end}`,
    `(?<![\\w:>])(?=[a-fA-F:[]{0,10}\\d)\\[?(?::|(?:[\\da-fA-F]{1,4}:){1,6}):(?:[\\da-fA-F]{1,4}:){0,6}[\\da-fA-F]{1,4}(?:\\]${port})?${end}`
  ],
  time: [`${begin}${date}(?:[T :]${clock})?${end}`, `${begin}${clock}${end}`],
  host: [
    `(?<![\\w.>-])(?:[a-z\\d-]{1,63}\\.){1,8}(?:com|net|org|edu|gov|io|dev|app|info|local|internal|example|test)${port}(?![\\w.(<…-])`,
    `(?<![\\w.>-])(?:[a-z\\d-]{1,63}\\.){1,8}[a-z]{2,}:\\d{1,5}${end}`
  ],
  path: [
    String.raw`(?<![\w.>/])\.{0,2}\/[^\s,;:"'<>()[\]|…]*(?<!\.)`,
    String.raw`${begin}[A-Za-z]:[\\/][^\s,;:"'<>()[\]|…]*`
  ],
  hex: [`${begin}0x[\\da-fA-F]+`, `${begin}(?=[a-f]{0,40}\\d)(?=\\d{0,40}[a-f])[\\da-f]{8,}${end}`],
  number: [
    `(?<![A-Za-z\\d>])(?:(?<![\\w>])-)?\\d+(?:[.,]\\d+)*(?:(?:%| ?(?:[kKMGT]i?B|[mµn]?s)|[kKMGT])${end})?`
  ]
}

const NAMES = Object.keys(VARIABLES)

/** All of them; the group that matched is the one of its name. */
const VARIABLE = new RegExp(
  Object.values(VARIABLES)
    .map(patterns => `(${patterns.join('|')})`)
    .join('|'),
  'g'
)

/** `version` is to be raised with each change of the patterns. */
const common = { type: 'text', kinds: ['error'] satisfies Kind[], from: 'message', version: '1' } as const

/**
 * The signature of an error message: the message with all that varies from one line to the next taken out, so that the same
 * mistake is counted once. It depends on the text alone, so it is stable across restarts.
 */
export const SIGNATURE: Derivation = {
  ...common,
  name: 'signature',
  title: 'Signature',
  summary: 'the message with numbers, paths, addresses and ids taken out',
  otel: null,
  ecs: null,
  maxLength: MAX_SIGNATURE_LENGTH + 1,
  derive: signatureOf
}

/** Apache's own number of an error message. */
export const CODE: Derivation = {
  ...common,
  name: 'code',
  title: 'Code',
  summary: "Apache's number of the message, AH01234",
  otel: null,
  ecs: 'event.code',
  maxLength: 7,
  derive: codeOf
}

/** The message with addresses, paths, quoted texts, ids, times and numbers as `<name>`; at most 241 characters. */
function signatureOf(message: string): string {
  const plain = message.slice(0, MAX_MESSAGE_LENGTH).replace(VARIABLE, nameOf)
  if (plain.length <= MAX_SIGNATURE_LENGTH) return plain
  // A pair of surrogates is not cut through.
  return `${plain.slice(0, MAX_SIGNATURE_LENGTH).replace(/[\ud800-\udbff]$/, '')}…`
}

/** What takes the place of a match. */
function nameOf(match: string, ...groups: (string | undefined)[]): string {
  const name = NAMES.find((_, i) => groups[i] !== undefined)
  return name === undefined || name === 'kept' ? match : `<${name}>`
}

/** Apache's own number of a message, `AH01234`, or `undefined` where it has none. */
function codeOf(message: string): string | undefined {
  return /^(AH\d{5}): /.exec(message)?.[1]
}
