import { signal } from '@preact/signals'
import type { SourcesAnswer } from '../../server/api-types.ts'
import { getAnswer } from './ask.ts'
import { status } from './live.ts'
import { poll } from './poll.ts'

/** Sources whose details are open, by name. */
const openSources = signal<ReadonlySet<string>>(new Set())

/** What became of each stream, kept up to date while somebody looks at any. */
export const account = poll<SourcesAnswer>(() => {
  if (!status.value || openSources.value.size === 0) return undefined
  return { key: 'sources', load: call => getAnswer('sources', new URLSearchParams(), call) }
})

/** The details of a source were opened, or closed. */
export function toggled(name: string, open: boolean): void {
  const names = new Set(openSources.value)
  if (open) names.add(name)
  else names.delete(name)
  openSources.value = names
}
