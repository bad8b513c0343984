import type { JSX } from 'preact'
import type { Compared, Figure, FiguresBlock } from '../../reports/block.ts'
import { changeText, type WriteValue } from '../../reports/value.ts'
import { LogText } from '../parts/log-text.tsx'
import { Tile } from '../parts/tile.tsx'
import { BlockTitle, idOf, type TitleLevel } from './block-title.tsx'

interface FiguresProps {
  readonly block: FiguresBlock
  readonly level: TitleLevel
  readonly write: WriteValue
}

/** Figures side by side, each with what it was in other periods. */
export function Figures({ block, level, write }: FiguresProps): JSX.Element {
  const id = idOf(block.name)
  return (
    <section class="figures" id={id}>
      <BlockTitle block={block} level={level} />
      <dl class="headline">
        {block.figures.map((figure, i) => (
          <FigureTile key={i} name={`${block.name}.${i}`} figure={figure} write={write} />
        ))}
      </dl>
    </section>
  )
}

interface FigureTileProps extends Pick<FiguresProps, 'write'> {
  readonly name: string
  readonly figure: Figure
}

function FigureTile({ name, figure, write }: FigureTileProps): JSX.Element {
  const { label, value, unit, tone, missing, note, compared = [] } = figure
  return (
    <Tile
      name={name}
      label={<LogText text={label} title={null} />}
      value={<LogText text={write(value, unit)} title={null} />}
      tone={value ? tone : undefined}
    >
      {compared.map(one => (
        <Comparison key={one.label} figure={figure} other={one} write={write} />
      ))}
      {[missing, note].map(
        text =>
          text !== undefined && (
            <span key={text} class="faint line">
              <LogText text={text} title={null} />
            </span>
          )
      )}
    </Tile>
  )
}

interface ComparisonProps extends Pick<FigureTileProps, 'figure' | 'write'> {
  readonly other: Compared
}

/** How the figure differs from that of another period, and what it was then. */
function Comparison({ figure: { value, unit }, other, write }: ComparisonProps): JSX.Element {
  const change = changeText(value, other.value, unit)
  const then = other.value === undefined ? 'unknown' : write(other.value, unit)
  return (
    <span class="line">
      {change !== undefined && <b class={judged(value, other)}>{change}</b>}{' '}
      <span class="faint">
        <LogText text={`${other.label}: ${then}`} title={null} />
      </span>
    </span>
  )
}

function judged(value: Figure['value'], { value: then, more }: Compared): string | undefined {
  if (more === undefined || typeof value !== 'number' || typeof then !== 'number' || value === then)
    return undefined
  return value > then === (more === 'good') ? 'better' : 'worse'
}
