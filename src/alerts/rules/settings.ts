import * as z from 'zod'
import { MINUTE_MS, SECOND_MS } from '../../core/time.ts'
import { EVERYTHING, type Query } from '../../query/index.ts'
import { durationSetting } from '../../settings/duration.ts'
import { SEVERITIES } from '../model.ts'
import { fieldsSetting, querySetting } from './fields.ts'
import { RULES, type RuleKind } from './index.ts'

/** What a rule is called of which only single settings are changed. */
export const CHANGED = 'ready-made'

/** The settings of all rules, with the defaults of a kind. */
function common({ defaults: { window = '1m', keepFiringFor = '1m', sendResolved = true } = {} }: RuleKind) {
  return {
    title: z.string().min(1).optional().describe('A few words for people; made of the name when absent.'),
    enabled: z.boolean().default(true).describe('Whether it is evaluated at all.'),
    severity: z.enum(SEVERITIES).default('warning').describe('How bad it is.'),
    where: querySetting
      .prefault('')
      .describe('Lines that it looks at: a query (docs/query.md); all when empty.'),
    by: fieldsSetting('Fields whose values have an alert each: `client`, or a list.').prefault([]),
    window: durationSetting('1s', '7d', 'The length of event time that is evaluated, in whole seconds.')
      .refine(window => window % SECOND_MS === 0, 'expected whole seconds')
      .prefault(window),
    for: durationSetting('0s', '1d', 'How long it has to be bad before it fires.').prefault('0s'),
    keepFiringFor: durationSetting('0s', '1d', 'How long it has to be good before it is over.').prefault(
      keepFiringFor
    ),
    groupBy: fieldsSetting(
      'Fields among `by` whose values have notifications of their own; the other alerts of a rule share theirs.'
    ).prefault([]),
    receivers: names('Receivers that are notified; those of all rules when absent.').optional(),
    repeatInterval: durationSetting(
      '0s',
      '7d',
      'After how long the first reminder comes, each further one after twice as long; none for 0s.'
    ).prefault('4h'),
    inhibitedBy: names(
      'Rules that suppress it while they fire for the same values of their fields.'
    ).prefault([]),
    sendResolved: z
      .boolean()
      .default(sendResolved)
      .describe('Whether receivers are notified when it is resolved.')
  }
}

/** One name, or several. */
export function names(summary: string) {
  const name = z.string().min(1)
  return z
    .union([name, z.array(name)], 'expected a name or a list of names')
    .transform(given => [given].flat())
    .describe(summary)
}

/** A kind's rule as users write it. */
function written(kind: RuleKind) {
  const { without = [] } = kind
  const shared = Object.entries(common(kind)).filter(([setting]) => !without.includes(setting))
  return kind.options.safeExtend({
    type: z.literal(kind.name).describe(`What kind of rule it is: ${kind.summary}.`),
    ...Object.fromEntries(shared)
  })
}

const kinds = RULES.map(written)

/** Any settings of any kind: they are looked at once they are joined with those of the ready-made rule. */
const changed = z
  .strictObject({
    ...Object.fromEntries(
      kinds.flatMap(({ shape }) =>
        Object.entries(shape).map(([name, { description = '' }]) => [name, z.unknown().describe(description)])
      )
    ),
    type: z
      .literal(CHANGED)
      .default(CHANGED)
      .describe('Without a type, single settings of the ready-made rule of this name are changed.')
  })
  .partial()

const [first, ...others] = [...kinds, changed]
if (!first) throw new RangeError('there is no kind of rule')

/** A rule of any kind as users write it. */
export const ruleSetting = z.discriminatedUnion('type', [first, ...others])

/** The settings that all rules have, defaults filled in. */
export const commonRule = z.object({
  type: z.string(),
  title: z.string().optional(),
  enabled: z.boolean(),
  severity: z.enum(SEVERITIES),
  where: z.custom<Query>().default(EVERYTHING),
  by: z.array(z.string()).default([]),
  window: z.number().default(MINUTE_MS),
  for: z.number(),
  keepFiringFor: z.number(),
  groupBy: z.array(z.string()),
  receivers: z.array(z.string()).optional(),
  repeatInterval: z.number(),
  inhibitedBy: z.array(z.string()),
  sendResolved: z.boolean()
})

/** The settings of any rule; beside those of all rules, those of its kind. */
export const completeRule = commonRule.loose()

export type RuleSettings = z.output<typeof completeRule>
