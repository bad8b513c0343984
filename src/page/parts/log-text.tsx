import type { JSX } from 'preact'
import { pieces, visibleText } from '../format/text.ts'

interface LogTextProps {
  readonly text: string
  /** What pointing at it shows; the text itself when not given, nothing for `null`. */
  readonly title?: string | null
}

/** Text out of a log, harmless: only text nodes, invisible characters spelled out, the whole of it as title. */
export function LogText({ text, title = text }: LogTextProps): JSX.Element {
  return (
    <bdi {...(title !== null && { title: visibleText(title) })}>
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

/** Such a text behind a colon; nothing where there is none. */
export function Added({ text = '' }: { readonly text?: string | undefined }): JSX.Element | null {
  return text === '' ? null : (
    <>
      : <LogText text={text} />
    </>
  )
}
