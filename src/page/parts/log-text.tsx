import type { JSX } from 'preact'
import { pieces, visible } from '../format/text.ts'

/** Text out of a log, harmless: only text nodes, invisible characters spelled out, the whole of it as title. */
export function LogText({ text }: { readonly text: string }): JSX.Element {
  return (
    <bdi class="log-text" title={visible(text)}>
      {pieces(text).map((piece, i) =>
        piece.escaped ? (
          <span key={i} class="escape">
            {piece.text}
          </span>
        ) : (
          piece.text
        )
      )}
    </bdi>
  )
}
