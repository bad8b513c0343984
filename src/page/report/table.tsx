import type { JSX } from 'preact'
import type { BlockColumn, BlockRow, TableBlock, Value } from '../../reports/block.ts'
import { fillingColumn, isNumeric, othersText, type WriteValue } from '../../reports/value.ts'
import { LogText } from '../parts/log-text.tsx'
import { BarHead } from '../parts/table-head.tsx'
import { BlockTitle, idOf, type TitleLevel } from './block-title.tsx'

interface TableProps {
  readonly block: TableBlock
  readonly level: TitleLevel
  readonly write: WriteValue
}

/** A table that a script can sort and filter; without one it is complete. */
export function ReportTable({ block, level, write }: TableProps): JSX.Element {
  const { name, title, columns, rows, rest, more = 0 } = block
  const id = idOf(name)
  // The column that names a row.
  const lead = Math.max(0, fillingColumn(columns))
  const barred = columns.findIndex(({ bar }) => bar)
  const largest = Math.max(0, ...rows.map(row => barOf(row, barred)))
  return (
    <section class="panel breakdown" id={id}>
      <BlockTitle block={block} level={level} />
      <div class="scroll">
        <table>
          <caption class="hidden">
            <LogText text={title} title={null} />
          </caption>
          <thead>
            <tr>
              {columns.map(({ label, unit }, i) => (
                <th key={i} scope="col" class={isNumeric(unit) && i !== lead ? undefined : 'text'}>
                  {label === title ? <span class="hidden">{labelled(label)}</span> : labelled(label)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <Row
                key={i}
                row={row}
                lead={lead}
                part={barOf(row, barred)}
                largest={largest}
                columns={columns}
                write={write}
              />
            ))}
          </tbody>
          {more > 0 && (
            <tfoot>
              <tr class="other">
                {columns.map(({ unit }, i) =>
                  i === lead ? (
                    <th key={i} scope="row">
                      {othersText(block)}
                    </th>
                  ) : (
                    <td key={i}>{rest?.[i] === undefined ? '' : write(rest[i], unit)}</td>
                  )
                )}
              </tr>
            </tfoot>
          )}
        </table>
      </div>
    </section>
  )
}

function labelled(label: string): JSX.Element {
  return <LogText text={label} title={null} />
}

interface RowProps extends Pick<TableProps, 'write'> {
  readonly row: BlockRow
  readonly lead: number
  /** How long its bar is, of the largest. */
  readonly part: number
  readonly largest: number
  readonly columns: readonly BlockColumn[]
}

function Row({ row, lead, part, largest, columns, write }: RowProps): JSX.Element {
  const { cells, tone, query } = row
  return (
    <tr {...(query !== undefined && { 'data-q': query })}>
      {columns.map(({ unit }, i) => {
        const value = cells[i]
        if (i !== lead) return <Cell key={i} value={value} unit={unit} write={write} />
        return (
          <BarHead key={i} part={part} largest={largest}>
            {tone !== undefined && <i class={`swatch tone-${tone}`} />}
            {value === '' ? (
              <span class="faint">(empty)</span>
            ) : (
              <Text value={value} unit={unit} write={write} />
            )}
          </BarHead>
        )
      })}
    </tr>
  )
}

interface CellProps extends Pick<TableProps, 'write'> {
  readonly value: Value
  readonly unit: BlockColumn['unit']
}

/** Numbers that are shown rounded are beside that exact, for sorting. */
function Cell({ value, unit, write }: CellProps): JSX.Element {
  if (!isNumeric(unit))
    return (
      <td class="text">
        <Text value={value} unit={unit} write={write} />
      </td>
    )
  const exact =
    typeof value === 'number' && unit !== 'count' ? { 'data-v': Number(value.toPrecision(6)) } : {}
  return <td {...exact}>{write(value, unit)}</td>
}

function Text({ value, unit, write }: CellProps): JSX.Element {
  // LogText shows what a writer would spell out.
  return <LogText text={typeof value === 'string' ? value : write(value, unit)} title={null} />
}

/** The value that a row has a bar for; 0 where no column has bars. */
function barOf({ cells }: BlockRow, barred: number): number {
  return Number(cells[barred] ?? 0)
}
