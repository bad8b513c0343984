/** Text that a person sees as it is, or one character that cannot be seen or turns others around. */
export interface TextPiece {
  readonly text: string
  readonly escaped: boolean
}

const MAX_LENGTH = 2000
// Control, format (bidirectional, zero-width), private, unassigned and lone surrogate characters; line separators.
const INVISIBLE = /([\p{C}\p{Zl}\p{Zp}])/u

/**
 * Log text as pieces to show: invisible characters become their code point in `⟨⟩`, so that no text can hide
 * or reorder what stands beside it. Text beyond 2000 characters is cut.
 */
export function pieces(text: string): TextPiece[] {
  const cut = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text
  return cut
    .split(INVISIBLE)
    .map((piece, i) =>
      i % 2 === 1 ? { text: codePoint(piece), escaped: true } : { text: piece, escaped: false }
    )
    .filter(piece => piece.text !== '')
}

/** The same as one string, for titles. */
export function visibleText(text: string): string {
  return pieces(text)
    .map(piece => piece.text)
    .join('')
}

function codePoint(character: string): string {
  return `⟨${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`
}
