import type { ComponentChildren, JSX } from 'preact'
import { formatCount } from '../../core/units.ts'
import type { Block, ParagraphBlock, SamplesBlock } from '../../reports/block.ts'
import { LogText } from '../parts/log-text.tsx'
import { BlockTitle, idOf, type TitleLevel } from './block-title.tsx'

interface WordsProps<Of extends Block> {
  readonly block: Of
  readonly level: TitleLevel
}

/** Lines of logs as they are. */
export function Samples({ block, level }: WordsProps<SamplesBlock>): JSX.Element {
  const { samples, more = 0 } = block
  return (
    <Words block={block} level={level}>
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
export function Paragraphs({ block, level }: WordsProps<ParagraphBlock>): JSX.Element {
  return (
    <Words block={block} level={level}>
      {block.sentences.map((sentence, i) => (
        <p key={i}>
          <LogText text={sentence} title={null} />
        </p>
      ))}
    </Words>
  )
}

function Words({
  block,
  level,
  children
}: WordsProps<Block> & { readonly children: ComponentChildren }): JSX.Element {
  const id = idOf(block.name)
  const tone = 'tone' in block && block.tone !== undefined ? ` tone-${block.tone}` : ''
  return (
    <section class={`panel words${tone}`} id={id}>
      <BlockTitle block={block} level={level} />
      {children}
    </section>
  )
}
