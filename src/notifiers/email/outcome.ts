import type { NodemailerError } from 'nodemailer'
import { shown } from '../message/shown.ts'
import { reasonOf } from '../../system/reason.ts'
import { Refused, type DeliveryResult } from '../kind.ts'

/** What of a server's answer is told. */
const LONGEST = 300

/** What came of a mail that the server has taken for some or all. */
export function sentOf({
  accepted,
  rejectedErrors = []
}: {
  readonly accepted: readonly string[]
  readonly rejectedErrors?: readonly NodemailerError[] | undefined
}): DeliveryResult {
  const all = rejectedErrors.map(error => ({
    permanent: error.permanent === true,
    answer: { to: error.recipient ?? '', why: saidBy(error) }
  }))
  return {
    accepted,
    refused: all.filter(({ permanent }) => permanent).map(({ answer }) => answer),
    later: all.filter(({ permanent }) => !permanent).map(({ answer }) => answer)
  }
}

/**
 * What came of a mail that the server has not taken; `hide` takes secrets out of messages.
 * @throws Refused where it will never take it; an Error for people where it may later
 */
export function unsent(error: unknown, name: string, hide: (text: string) => string): DeliveryResult {
  if (!(error instanceof Error)) throw error
  const failure: NodemailerError = error
  if (failure.rejectedErrors) return sentOf({ accepted: [], rejectedErrors: failure.rejectedErrors })
  const message = `${name}: ${hide(wrongWith(failure))}`
  throw failure.code === 'EMESSAGE' && failure.permanent === true ? new Refused(message) : new Error(message)
}

function wrongWith(error: NodemailerError): string {
  const said = saidBy(error)
  switch (error.code) {
    case 'EAUTH':
      return `it does not let this user in: ${said}`
    case 'ETLS':
      return `no encrypted connection comes about: ${said}`
    case 'EMESSAGE':
      return `it does not take the mail: ${said}`
    case 'EENVELOPE':
      return `it does not take mails from this address: ${said}`
    default:
      return /certificate|altname/i.test(said)
        ? `it shows a certificate that is not trusted ("ca" tells whom to trust): ${said}`
        : said
  }
}

/** What the server said or, when it said nothing, what else went wrong. */
function saidBy(error: NodemailerError): string {
  return shown(error.response ?? reasonOf(error), LONGEST)
}
