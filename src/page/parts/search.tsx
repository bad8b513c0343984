import { useSignal, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { progressText } from '../../core/answer.ts'
import type { Millis } from '../../core/time.ts'
import { found, searchQuery } from '../state/search.ts'
import { FoundLines } from './found.tsx'
import { SearchLink } from './search-link.tsx'

/** How long typing rests before its query is asked. */
const TYPING_DELAY: Millis = 700

const EXAMPLES = ['status:>=500', 'path:/api/*', 'duration:>1s', 'bot:* AND NOT status:200']

/** Searches the lines of the period: the query, what is wrong with it, and what it finds. */
export function Search(): JSX.Element {
  return (
    <search class="panel search" id="search" aria-label="Search" tabIndex={-1}>
      <QueryInput />
      {found.failure.value !== undefined &&
        (found.invalid.value ? (
          <pre class="mistake" id="mistake" role="alert">
            {found.failure.value}
          </pre>
        ) : (
          <p class="nothing" role="alert">
            Lines could not be loaded: {found.failure.value}.
          </p>
        ))}
      <SlowSearch />
      {found.answer.value && <FoundLines found={found.answer.value} />}
    </search>
  )
}

/** Says how far a search is that takes long, and lets it be given up. */
function SlowSearch(): JSX.Element | null {
  const slow = found.slow.value
  if (slow === undefined) return null
  if (slow === 'cancelled')
    return (
      <p class="slow">
        <span role="status">The search was cancelled.</span>
        <button type="button" onClick={() => found.retry()}>
          Search again
        </button>
      </p>
    )
  const { progress } = slow
  return (
    <p class="slow">
      <span role="status">Searching</span>
      {progress ? (
        <>
          <progress max={Math.max(1, progress.total)} value={progress.done} aria-label="Searched" />
          <span class="faint">{progressText(progress)}</span>
        </>
      ) : (
        <progress aria-label="Searched" />
      )}
      <button type="button" onClick={() => found.cancel()}>
        Cancel<span class="hidden"> the search</span>
      </button>
    </p>
  )
}

/** Asks on Enter, or when typing rests; `/` goes there from anywhere. */
function QueryInput(): JSX.Element {
  const input = useRef<HTMLInputElement>(null)
  const timer = useRef(0)
  const draft = useSignal(searchQuery.peek())
  const apply = (text: string, delay: Millis = 0): void => {
    clearTimeout(timer.current)
    timer.current = window.setTimeout(() => void (searchQuery.value = text), delay)
  }
  useSignalEffect(() => void (draft.value = searchQuery.value))
  useEffect(() => focusOnSlash(() => input.current?.focus()), [])
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        apply(draft.peek())
      }}
    >
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <circle cx="7" cy="7" r="4.5" />
        <path d="m10.5 10.5 3.5 3.5" />
      </svg>
      <input
        ref={input}
        type="search"
        value={draft.value}
        placeholder="Search the lines of this period"
        aria-label="Search the lines of this period"
        aria-keyshortcuts="/"
        aria-invalid={found.invalid.value}
        aria-describedby="mistake"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        enterkeyhint="search"
        maxLength={4000}
        onInput={event => {
          draft.value = event.currentTarget.value
          apply(draft.value, TYPING_DELAY)
        }}
      />
      {draft.value === '' ? (
        <>
          <Examples />
          <kbd aria-hidden="true">/</kbd>
        </>
      ) : (
        <button type="button" class="text" onClick={() => void (searchQuery.value = draft.value = '')}>
          Clear<span class="hidden"> the search</span>
        </button>
      )}
    </form>
  )
}

function Examples(): JSX.Element {
  return (
    <p class="examples">
      such as
      {EXAMPLES.map(example => (
        <SearchLink key={example} query={example}>
          <code>{example}</code>
        </SearchLink>
      ))}
    </p>
  )
}

function focusOnSlash(focus: () => void): () => void {
  const onKeyDown = (event: KeyboardEvent): void => {
    const { key, target, ctrlKey, metaKey, altKey } = event
    const writing = target instanceof Element && target.closest('input:not([type=radio]), select, textarea')
    if (key !== '/' || writing || ctrlKey || metaKey || altKey) return
    event.preventDefault()
    focus()
  }
  document.addEventListener('keydown', onKeyDown)
  return () => document.removeEventListener('keydown', onKeyDown)
}
