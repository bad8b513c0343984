/**
 * Characters that a terminal would act on or that mislead the eye: controls (C0, DEL, C1), line separators, marks that
 * turn the direction of writing, invisible ones, and halves of surrogate pairs.
 */
const UNSEEN =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Cs}/gu

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** The text with all of these as escapes (`\x1b`, `\u202e`), safe to print on any terminal. */
export function visible(text: string): string {
  return text.replace(UNSEEN, found => {
    const code = found.charCodeAt(0)
    return SHORT[found] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`)
  })
}

/** Text of a log in one line of at most so many characters, without any that mislead the eye. */
export function printable(text: string, maxLength = 200): string {
  const all = visible(text.slice(0, maxLength + 1))
  return all.length > maxLength ? `${all.slice(0, maxLength - 1).replace(/\p{Cs}$/u, '')}…` : all
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}
