import type { ComponentChildren, JSX } from 'preact'
import { searchFor } from '../state/search.ts'

interface SearchLinkProps {
  readonly query: string
  readonly children: ComponentChildren
}

/** Searches for lines when it is clicked. */
export function SearchLink({ query, children }: SearchLinkProps): JSX.Element {
  return (
    <button type="button" class="find" onClick={() => searchFor(query)}>
      {children}
    </button>
  )
}
