import type { JSX } from 'preact'
import type { Counters } from '../../core/source.ts'
import { count } from '../format/numbers.ts'

/** The promise that no line is lost, with its figures: read = parsed + rejected + late. */
export function CountersLine({ counters }: { readonly counters: Counters }): JSX.Element {
  const balanced = counters.read === counters.parsed + counters.rejected + counters.late
  return (
    <div class={balanced ? 'counters' : 'counters broken'}>
      <dl>
        <Entry name="read" value={counters.read} />
        <Entry name="parsed" value={counters.parsed} sign="=" />
        <Entry name="rejected" value={counters.rejected} sign="+" />
        <Entry name="late" value={counters.late} sign="+" />
      </dl>
      <p>
        {balanced ? '✓ counters balance' : '✗ counters do not balance: please report this'}
        <span class="faint">: read = parsed + rejected + late</span>
      </p>
    </div>
  )
}

interface EntryProps {
  readonly name: string
  readonly value: number
  readonly sign?: string
}

function Entry({ name, value, sign }: EntryProps): JSX.Element {
  return (
    <div class={value > 0 ? name : `${name} none`}>
      <dt>
        {sign && <span aria-hidden="true">{sign} </span>}
        {name}
      </dt>
      <dd data-counters={name}>{count(value)}</dd>
    </div>
  )
}
