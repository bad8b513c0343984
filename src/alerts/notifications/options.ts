import * as z from 'zod'
import { durationSetting } from '../../settings/duration.ts'
import { hoursOptions } from '../hours.ts'
import { SEVERITIES } from '../model.ts'

const severity = z.enum(SEVERITIES)

/** The settings of all receivers, besides how to reach them. */
export const receiverRulesOptions = z.strictObject({
  minSeverity: severity.optional().describe('It gets alerts that are at least so severe; all when absent.'),
  muteTimes: hoursOptions
    .extend({
      at: hoursOptions.shape.at.unwrap().describe('From when to when: "22:00-07:00".'),
      except: severity
        .default('critical')
        .describe('Alerts that are at least so severe are sent all the same.')
    })
    .optional()
    .describe('Hours in which it gets nothing; what was held back comes in one message when they are over.'),
  rateLimit: z
    .strictObject({
      count: z.int().min(1).default(20).describe('How many messages it gets at most.'),
      per: durationSetting('1s', '1d', 'In which time.').prefault('1h')
    })
    .prefault({})
    .describe('How many messages it gets: what is beyond that comes in one message as soon as it may.')
})

/** What a receiver gets, and when. */
export type ReceiverRules = z.output<typeof receiverRulesOptions> & {
  /** Its name in the configuration. */
  readonly name: string
}
