import type { Kind } from '../core/fields.ts'

/** What is left of a pasted text when configuration syntax is taken off: a directive string or a format's name. */
export interface Unwrapped {
  readonly text: string
  /** Known where the directive that stood before it tells. */
  readonly kind: Kind | undefined
}

/**
 * Takes a directive string out of what people paste: `LogFormat "…" nickname`, `CustomLog path "…"`,
 * `ErrorLogFormat [connection|request] "…"`, a string in quotes, a string broken over lines. Apache's own pages have
 * no-break spaces in their examples; they are blanks.
 */
export function unwrap(pasted: string): Unwrapped {
  const text = pasted.replaceAll(/[ \t]*\\?\r?\n\s*|\u00a0/g, ' ').trim()
  const directive = /^(LogFormat|CustomLog|GlobalLog|ErrorLogFormat)\s+/i.exec(text)
  if (!directive) return { text: unquote(text), kind: undefined }
  const words = splitWords(text.slice(directive[0].length))
  const [first = '', second] = words
  switch (directive[1]?.toLowerCase()) {
    case 'logformat':
      return { text: first, kind: 'access' }
    case 'errorlogformat':
      return { text: /^(connection|request)$/i.test(first) ? (second ?? '') : first, kind: 'error' }
    default:
      return { text: second ?? '', kind: 'access' }
  }
}

/** A string wholly in quotes without them. Quotes inside must be escaped, else the outer ones belong to the string. */
export function unquote(text: string): string {
  return /^(?:"((?:\\.|[^"\\])*)"|'([^']*)')$/.exec(text)?.slice(1).find(Boolean) ?? text
}

/** Words of a configuration line, quotes taken off. */
function splitWords(text: string): string[] {
  return Array.from(text.matchAll(/"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|(\S+)/g), ([, ...words]) => {
    return words.find(word => word !== undefined) ?? ''
  })
}
