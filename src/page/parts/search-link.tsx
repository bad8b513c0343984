import type { ComponentChildren, JSX } from 'preact'
import { searchAddress, searchFor } from '../state/search.ts'
import { BarHead } from './table-head.tsx'

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

interface ShareHeadProps extends SearchLinkProps {
  /** How long the bar behind it is, of the largest. */
  readonly part: number
  readonly largest: number
}

/** Head of a table's row: leads to a search, with a bar behind it. */
export function ShareHead({ part, largest, ...link }: ShareHeadProps): JSX.Element {
  return (
    <BarHead part={part} largest={largest}>
      <SearchLink {...link} />
    </BarHead>
  )
}
