import type { JSX } from 'preact'
import type { Books } from '../../core/source.ts'
import { count } from '../format/numbers.ts'

/** The promise that no line is lost, with its figures: read = parsed + rejected + late. */
export function BooksLine({ books }: { readonly books: Books }): JSX.Element {
  const balanced = books.read === books.parsed + books.rejected + books.late
  return (
    <div class={balanced ? 'books' : 'books broken'}>
      <dl>
        <Entry name="read" value={books.read} />
        <Entry name="parsed" value={books.parsed} sign="=" />
        <Entry name="rejected" value={books.rejected} sign="+" />
        <Entry name="late" value={books.late} sign="+" />
      </dl>
      <p>
        {balanced ? '✓ books balance' : '✗ books do not balance: please report this'}
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
      <dd data-books={name}>{count(value)}</dd>
    </div>
  )
}
