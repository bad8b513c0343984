import type { ComponentChildren, JSX } from 'preact'
import { formatCount } from '../../core/units.ts'
import type { Block, ParagraphBlock, SamplesBlock } from '../../reports/block.ts'
import { LogText } from '../parts/log-text.tsx'
import { TableTitle } from '../parts/table-head.tsx'
import { idOf } from './ids.ts'

/** Lines of logs as they are. */
export function Samples({ block }: { readonly block: SamplesBlock }): JSX.Element {
  const { samples, more = 0 } = block
  return (
    <Words block={block}>
      <ol class="samples">
        {samples.map(({ about, text }, i) => (
          <li key={i}>
            <p class="faint">
              <LogText text={about} title={null} />
            </p>
            <code>
              <LogText text={text} title={null} />
            </code>
          </li>
        ))}
      </ol>
      {more > 0 && <p class="faint">and {formatCount(more)} more</p>}
    </Words>
  )
}

/** Sentences of Visor. */
export function Paragraphs({ block }: { readonly block: ParagraphBlock }): JSX.Element {
  return (
    <Words block={block}>
      {block.sentences.map((sentence, i) => (
        <p key={i}>
          <LogText text={sentence} title={null} />
        </p>
      ))}
    </Words>
  )
}

interface WordsProps {
  readonly block: Block
  readonly children: ComponentChildren
}

function Words({ block, children }: WordsProps): JSX.Element {
  const id = idOf(block.name)
  const tone = 'tone' in block && block.tone !== undefined ? ` tone-${block.tone}` : ''
  return (
    <section class={`panel words${tone}`} id={id} aria-labelledby={`${id}-title`}>
      <TableTitle
        id={`${id}-title`}
        title={<LogText text={block.title} title={null} />}
        note={block.note === undefined ? undefined : <LogText text={block.note} title={null} />}
      />
      {children}
    </section>
  )
}
