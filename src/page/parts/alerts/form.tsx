import { useSignal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { change } from '../../state/alerts.ts'
import { caller, isSignedIn, loginAddress } from '../../state/caller.ts'
import { LogText } from '../log-text.tsx'

interface FormProps {
  readonly button: string
  readonly children: ComponentChildren
  /** Sends what was filled in; resolves with what is wrong with it. */
  readonly send: (filled: FormData) => Promise<string | undefined>
  readonly close: () => void
}

/** A small form in place: the first field has the focus, Escape closes it, and so does what was done. */
export function InlineForm({ button, children, send, close }: FormProps): JSX.Element {
  const form = useRef<HTMLFormElement>(null)
  const problem = useSignal<string | undefined>(undefined)
  const busy = useSignal(false)
  useLayoutEffect(() => {
    const fields = [...(form.current?.querySelectorAll('input') ?? [])]
    const first = fields.find(({ value }) => value === '') ?? fields[0]
    first?.focus()
  }, [])
  const submit = async (): Promise<void> => {
    if (!form.current || busy.peek()) return
    busy.value = true
    problem.value = await send(new FormData(form.current))
    busy.value = false
    if (problem.peek() === undefined) close()
  }
  return (
    <form
      ref={form}
      class="inline"
      onSubmit={event => {
        event.preventDefault()
        void submit()
      }}
      onKeyDown={event => {
        if (event.key === 'Escape') close()
      }}
    >
      {children}
      <p class="actions">
        <button type="submit" class="main" disabled={busy.value}>
          {button}
        </button>
        <button type="button" onClick={close}>
          Cancel
        </button>
      </p>
      {problem.value !== undefined && (
        <pre class="mistake" role="alert">
          {problem.value}
        </pre>
      )}
    </form>
  )
}

interface FieldProps {
  readonly label: string
  readonly name: string
  readonly value?: string
  readonly most: number
  readonly required?: boolean
  readonly code?: boolean
}

export function Field({
  label,
  name,
  value = '',
  most,
  required = false,
  code = false
}: FieldProps): JSX.Element {
  return (
    <label class={code ? 'field code' : 'field'}>
      {label}
      <input
        name={name}
        defaultValue={value}
        maxLength={most}
        required={required}
        autocomplete="off"
        spellcheck={!code}
      />
    </label>
  )
}

/** The text of a field. */
export function fieldText(filled: FormData, name: string): string {
  const value = filled.get(name)
  return typeof value === 'string' ? value.trim() : ''
}

/** In the place of a form, for who may not send it. */
export function SignInHint({ close }: { readonly close: () => void }): JSX.Element {
  const isKnown = isSignedIn.value
  return (
    <div class="inline">
      <p role="status">
        {isKnown ? (
          <>
            <LogText text={caller.value?.name ?? ''} /> may look, but not act. A token of the role <b>act</b>{' '}
            may.
          </>
        ) : (
          <>
            Who acknowledges or silences is signed in. <a href={loginAddress()}>Sign in</a>, with a token or
            the link that <code>visor login</code> prints.
          </>
        )}
      </p>
      <p class="actions">
        <button type="button" onClick={close}>
          Close
        </button>
      </p>
    </div>
  )
}

interface AcknowledgeFormProps {
  readonly alert: string
  readonly close: () => void
}

/** Takes an alert in hand: nobody is notified of it again until it is resolved. */
export function AcknowledgeForm({ alert, close }: AcknowledgeFormProps): JSX.Element {
  const send = (filled: FormData): Promise<string | undefined> => {
    return change('acknowledge', { alert, comment: fieldText(filled, 'comment') })
  }
  return (
    <InlineForm button="Acknowledge" send={send} close={close}>
      <Field label="What you do about it" name="comment" most={500} />
    </InlineForm>
  )
}
