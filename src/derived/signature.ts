/**
 * The signature of an error message: the message with all that varies from one line to the next taken out, so
 * that the same mistake is counted once. It depends on the text alone, so it is stable across restarts.
 */

const LONGEST = 240

/** What varies, most particular first: what one pattern took, the next ones no longer see. */
const VARIABLES: readonly (readonly [string, RegExp])[] = [
  ['<text>', /"[^"]*"|'[^']*'/g],
  ['<url>', /\b[a-z][a-z0-9+.-]*:\/\/[^\s,;]+/gi],
  ['<id>', /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi],
  [
    '<address>',
    /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b|(?:[0-9a-f]{1,4}:){3,7}:?[0-9a-f]{1,4}\b|[0-9a-f:]*::[0-9a-f]+\b/gi
  ],
  ['<path>', /(?<![\w.<])(?:\/[\w%+@~.,=-]+)+\/?|\b[a-z]:[\\/][^\s,;]*/gi],
  ['<hex>', /\b0x[0-9a-f]+\b|\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b/gi],
  ['<number>', /(?<![A-Za-z\d])\d+(?:\.\d+)*/g]
]

const CODE = /^(AH\d{5}): /

/** The message with addresses, paths, quoted texts, ids and numbers as `<name>`; an AH code stays. */
export function signatureOf(message: string): string {
  const code = CODE.exec(message)?.[0] ?? ''
  const text = message.slice(code.length, code.length + 2 * LONGEST)
  const plain = VARIABLES.reduce((rest, [name, pattern]) => rest.replace(pattern, name), text)
  return code + (plain.length > LONGEST ? `${plain.slice(0, LONGEST)}…` : plain)
}

/** Apache's own number of a message, `AH01234`, or `undefined` where it has none. */
export function codeOf(message: string): string | undefined {
  return CODE.exec(message)?.[1]
}
