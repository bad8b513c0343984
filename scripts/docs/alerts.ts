import { stringify } from 'yaml'
import * as z from 'zod'
import { hoursOptions } from '../../src/alerts/hours.ts'
import { receiverRulesOptions } from '../../src/alerts/notifications/options.ts'
import { alertsOptions, READY_MADE } from '../../src/alerts/options.ts'
import { RULES, type RuleKind } from '../../src/alerts/rules/index.ts'
import { ruleSetting } from '../../src/alerts/rules/settings.ts'
import { NOTIFIERS } from '../../src/notifiers/index.ts'
import { code, fill, table } from '../markdown.ts'

/** docs/alerts.md: rules, what becomes of an alert, and who is notified of it how. */
export function alertsPage(kinds = NOTIFIERS): string {
  return fill('alerts.md', {
    alerts: alertsOptions,
    rules: RULES.map(rule => ({ ...rule, others: othersOf(rule) })),
    // A kind of rule that has no settings of its own but what others have too, and what is special among them.
    rule: ruleSetting.options.find(
      ({ shape }) => shape['type'] instanceof z.ZodLiteral && shape['type'].value === 'count'
    ),
    special: [...RULES.flatMap(({ options }) => Object.keys(options.shape)), 'type'],
    hours: hoursOptions,
    readyMade: table(
      ['rule', 'fires on', 'settings'],
      Object.entries(READY_MADE).map(([name, { title, ...settings }]) => [
        code(name),
        String(title),
        code(stringify(settings, { collectionStyle: 'flow', lineWidth: 0 }).trim())
      ])
    ),
    receiver: receiverRulesOptions,
    receivers: kinds,
    kinds: table(
      ['type', 'what it is'],
      kinds.map(({ name, summary }) => [code(name), summary])
    )
  })
}

/** How the settings of all rules are different for a kind. */
function othersOf({ defaults = {}, without = [] }: RuleKind): string[] {
  return [
    ...Object.entries(defaults).map(
      ([setting, value]) => `${code(setting)} is ${code(String(value))} when not given`
    ),
    ...(without.length > 0 ? [`it has no ${without.map(code).join(', ')}`] : [])
  ]
}
