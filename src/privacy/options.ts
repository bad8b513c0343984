import * as z from 'zod'
import { durationSetting } from '../settings/duration.ts'

const names = z.array(z.string().min(1))

const pattern = z.string().min(1).refine(isPattern, 'expected a regular expression as JavaScript has them')

function isPattern(text: string): boolean {
  try {
    return !new RegExp(text, 'g').test('')
  } catch {
    return false
  }
}

/** What is kept of people and secrets. */
export const privacyOptions = z.strictObject({
  addresses: z
    .enum(['shorten', 'hash'], 'expected "shorten" or "hash"')
    .optional()
    .describe(
      'What becomes of the addresses of clients in the course of time: they are cut to their network (/24, /48), or each gets a name that nobody can trace back. They are kept as long as lines are when absent.'
    ),
  after: durationSetting(
    '0s',
    '3650d',
    'How old lines, counts and alerts are when their addresses are hidden.'
  ).prefault('7d'),
  scrub: z
    .union(
      [
        z.boolean(),
        z.strictObject({
          names: names
            .optional()
            .describe(
              'More names of parameters, headers, cookies and members whose values are masked, whatever their case; `*` is any text.'
            ),
          except: names.optional().describe('Names whose values stay as they are.'),
          patterns: z
            .array(pattern)
            .optional()
            .describe('Regular expressions: what they find is masked, or what their first group finds.'),
          defaults: z
            .boolean()
            .default(true)
            .describe('Mask what Visor takes for secrets by itself too (docs/privacy.md).')
        })
      ],
      'expected true, false, or settings such as { names: [x-internal], except: [code] }'
    )
    .default(true)
    .describe(
      'Mask secrets (values of parameters such as token and password, cookies, keys of well-known shapes) before lines are kept, shown or sent; settings add to what is masked or take from it.'
    )
})
