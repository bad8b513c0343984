import type { JSX } from 'preact'
import { change } from '../../state/alerts.ts'
import { me, rememberMe } from '../../state/me.ts'
import { Field, InlineForm, fieldText } from './form.tsx'

interface AcknowledgeFormProps {
  readonly alert: string
  readonly close: () => void
}

/** Takes an alert in hand: nobody is notified of it again until it is resolved. */
export function AcknowledgeForm({ alert, close }: AcknowledgeFormProps): JSX.Element {
  const send = (filled: FormData): Promise<string | undefined> => {
    const owner = fieldText(filled, 'me')
    rememberMe(owner)
    return change('acknowledge', { alert, owner, comment: fieldText(filled, 'comment') })
  }
  return (
    <InlineForm button="Acknowledge" send={send} close={close}>
      <Field label="Your name" name="me" value={me.peek()} most={60} required />
      <Field label="What you do about it" name="comment" most={500} />
    </InlineForm>
  )
}
