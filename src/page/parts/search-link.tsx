import type { ComponentChildren, JSX } from 'preact'
import { searchAddress, searchFor } from '../state/search.ts'

interface SearchLinkProps {
  readonly query: string
  readonly children: ComponentChildren
}

/** Leads to a search in the chosen period. */
export function SearchLink({ query, children }: SearchLinkProps): JSX.Element {
  const onClick = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    searchFor(query)
  }
  return (
    <a class="find" href={searchAddress(query)} onClick={onClick}>
      {children}
    </a>
  )
}
