import type { JSX } from 'preact'
import { pieces, visible } from '../format/text.ts'

interface LogTextProps {
  readonly text: string
  /** What pointing at it tells; the text itself when not given. */
  readonly title?: string
}

/** Text out of a log, harmless: only text nodes, invisible characters spelled out, the whole of it as title. */
export function LogText({ text, title = text }: LogTextProps): JSX.Element {
  return (
    <bdi class="log-text" title={visible(title)}>
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
