import type { ComponentChildren, JSX } from 'preact'

interface TableTitleProps {
  readonly id: string
  readonly title: ComponentChildren
  /** Of its heading. */
  readonly level?: 'h2' | 'h3'
  readonly note?: ComponentChildren
  readonly children?: ComponentChildren
}

/** What stands over a table. */
export function TableTitle({
  id,
  title,
  level: Heading = 'h3',
  note,
  children
}: TableTitleProps): JSX.Element {
  return (
    <div class="head">
      <Heading id={id}>{title}</Heading>
      {note !== undefined && <span class="faint">{note}</span>}
      {children}
    </div>
  )
}

interface BarHeadProps {
  /** How long the bar behind it is, of the largest. */
  readonly part: number
  readonly largest: number
  readonly children: ComponentChildren
}

/** Head of a row, with a bar behind it. */
export function BarHead({ part, largest, children }: BarHeadProps): JSX.Element {
  return (
    <th scope="row" style={`--bar:${largest > 0 ? Math.round((1000 * part) / largest) / 10 : 0}%`}>
      {children}
    </th>
  )
}
