import type { ComponentChildren, JSX } from 'preact'

interface TileProps {
  /** Names it for tests. */
  readonly name: string
  readonly label: ComponentChildren
  readonly value: ComponentChildren
  /** The exact value, where it is shown short. */
  readonly title?: string | undefined
  /** Whether the value is good or bad; absent where it is neither. */
  readonly tone?: string | undefined
  /** Small, below the value. */
  readonly children?: ComponentChildren
}

/** A figure in a list of the numbers that matter most. */
export function Tile({ name, label, value, title, tone, children }: TileProps): JSX.Element {
  return (
    <div class={tone === undefined ? 'figure' : `figure tone-${tone}`}>
      <dt>{label}</dt>
      <dd data-figure={name} {...(title !== undefined && { title })}>
        {value}
      </dd>
      <dd class="note">{children}</dd>
    </div>
  )
}
