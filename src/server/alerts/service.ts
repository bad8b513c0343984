import type * as z from 'zod'
import type { Alert, Silence, Transition } from '../../alerts/model.ts'
import type { Caller } from '../../core/caller.ts'
import type { acknowledging, historyQuery, silencing } from './bodies.ts'
import type { LinkRequest } from './links.ts'
import type { AlertsAnswer, Mail, MailHead } from './types.ts'

/** Alerts and what people do about them: the rest of Visor, seen from the server. Ids are whole ones. */
export interface AlertsService {
  answer(): AlertsAnswer
  /** The newest first. */
  history(query: z.output<typeof historyQuery>): readonly Transition[]
  /** Of any phase. */
  alert(id: string): Alert | undefined
  /** False where there is no such alert that fires or is about to. */
  acknowledge(request: z.output<typeof acknowledging>, caller: Caller): boolean
  unacknowledge(alert: string, caller: Caller): boolean
  /** @throws VisorError QUERY when the query cannot be read */
  silence(request: z.output<typeof silencing>, caller: Caller): Silence
  /** False where there is none that lasts. */
  endSilence(id: string, caller: Caller): boolean
  /** The local mailbox; the newest first, at most some hundred. */
  mails(): Promise<readonly MailHead[]>
  mail(name: string): Promise<Mail | undefined>
  /** What a signed link asks for (links.ts). */
  act(token: string): LinkRequest | 'forged' | 'expired'
}
