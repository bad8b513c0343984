import type { ComponentChildren, JSX } from 'preact'
import type { Block } from '../../reports/block.ts'
import { LogText } from '../parts/log-text.tsx'
import { TableTitle } from '../parts/table-head.tsx'

/** Of the heading of a block: below that of its group, where it has one. */
export type TitleLevel = 'h2' | 'h3'

/** The name of a block as the id of an element. */
export function idOf(name: string): string {
  return `block-${name.replaceAll(/[^\w-]+/g, '-')}`
}

interface BlockTitleProps {
  readonly block: Block
  readonly level: TitleLevel
  /** Where the block has no note of its own. */
  readonly note?: string
  readonly children?: ComponentChildren
}

/** What stands over a block; its heading has the id of the block with `-title`. */
export function BlockTitle({ block, level, note = '', children }: BlockTitleProps): JSX.Element {
  const text = block.note ?? note
  return (
    <TableTitle
      id={`${idOf(block.name)}-title`}
      level={level}
      title={<LogText text={block.title} title={null} />}
      note={text === '' ? undefined : <LogText text={text} title={null} />}
    >
      {children}
    </TableTitle>
  )
}
