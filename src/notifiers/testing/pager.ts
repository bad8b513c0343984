import * as z from 'zod'
import { notifierKind, singleTarget } from '../kind.ts'
import { composeMessage } from '../message/compose.ts'
import { messageText } from '../message/text.ts'

/** What each pager has shown, by its number; a number that is not there is out of reach. */
export const PAGERS = new Map<string, string[]>()

/** A made-up kind of notifier: all that another one takes. */
export const pagerKind = notifierKind({
  name: 'pager',
  summary: 'a text on a pager',
  example: { number: '555-0100' },
  options: z.strictObject({
    number: z.string().min(3).describe('The number of the pager.'),
    codes: z.string().optional().describe('A file of codes.')
  }),
  withPaths: (options, absolute) =>
    options.codes === undefined ? options : { ...options, codes: absolute(options.codes) },
  open({ number }, dependencies) {
    const target = `pager ${number}`
    return singleTarget('pager', target, async notification => {
      const pager = PAGERS.get(number)
      if (!pager) throw new Error(`${target}: it is out of reach`)
      pager.push(messageText(composeMessage(notification, dependencies, () => true)))
    })
  }
})
