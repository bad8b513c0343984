import { MAX_LIST } from './rules/match.ts'
import * as z from 'zod'
import { VisorError } from '../core/errors.ts'
import { didYouMean } from '../core/suggest.ts'
import { durationSetting } from '../settings/duration.ts'
import readyMade from './ready-made.json' with { type: 'json' }
import { kindOf, type Rule } from './rules/index.ts'
import { CHANGED, commonRule, completeRule, names, ruleSetting, type RuleSettings } from './rules/settings.ts'

/**
 * The ready-made rules, as a user would write them; anything of them can be changed under the same name. Limits follow those
 * that Netdata ships for web logs.
 */
export const READY_MADE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = readyMade

/** Rules are named in addresses, headers and file names. */
const NAME = /^[A-Za-z][\w.-]{0,63}$/

/** Settings without a type are joined with those of the ready-made rule of their name, where there is one. */
function joined(given: unknown): unknown {
  if (!isGroup(given)) return given
  const all = Object.entries(given).map(([name, rule]) => {
    const ready = Object.hasOwn(READY_MADE, name) ? READY_MADE[name] : undefined
    if (!ready || !isGroup(rule) || (rule['type'] ?? CHANGED) !== CHANGED) return [name, rule]
    return [name, { ...ready, ...rule, type: ready['type'] }]
  })
  return Object.fromEntries(all)
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const rules = z
  .preprocess(joined, z.record(z.string(), ruleSetting))
  .superRefine((rules, context) => {
    for (const [name, { type }] of Object.entries(rules)) {
      const add = (message: string): void =>
        context.addIssue({ code: 'custom', path: [name], message, continue: false })
      if (!NAME.test(name)) add('expected a name of at most 64 letters, digits, ".", "_" and "-"')
      if (type === CHANGED)
        add(
          `there is no ready-made rule of this name; set the "type" of your own${didYouMean(name, Object.keys(READY_MADE), '"')}`
        )
    }
  })
  .pipe(z.record(z.string(), completeRule))

/** The settings of alerts. */
export const alertsOptions = z
  .strictObject({
    defaults: z
      .boolean()
      .default(true)
      .describe('Whether the ready-made rules are evaluated (docs/alerts.md).'),
    rules: rules
      .prefault({})
      .describe(
        'Rules, each under a name; that of a ready-made one replaces it or, without a type, changes it.'
      ),
    maxLateness: durationSetting(
      '0s',
      '1h',
      'How late lines may come and still be evaluated; older ones only count for what is usual.'
    ).prefault('10m'),
    receivers: names('Receivers of rules that name none; all when absent.').optional()
  })
  .superRefine(({ rules }, context) => {
    for (const [name, rule] of Object.entries(rules))
      for (const [setting, message] of mistakesOf(name, rule, [
        ...Object.keys(rules),
        ...Object.keys(READY_MADE)
      ]))
        context.addIssue({ code: 'custom', path: ['rules', name, setting], message })
  })

export type AlertsConfig = z.output<typeof alertsOptions>

/** What is wrong between the settings of a rule, or between rules: the setting at fault, and why. */
function mistakesOf(
  name: string,
  settings: RuleSettings,
  known: readonly string[]
): [setting: string, why: string][] {
  const { by } = ruleOf(name, settings)
  const unknown = settings.inhibitedBy.find(other => !known.includes(other))
  const apart = settings.groupBy.find(field => !by.includes(field))
  const found: [string, string][] = []
  if (unknown !== undefined)
    found.push(['inhibitedBy', `there is no rule "${unknown}"${didYouMean(unknown, known, '"')}`])
  if (settings.inhibitedBy.includes(name)) found.push(['inhibitedBy', 'expected other rules than this one'])
  if (apart !== undefined) found.push(['groupBy', `expected fields among those of "by"; "${apart}" is none`])
  return found
}

/** The rules that are evaluated: the ready-made ones and the user's, those that are turned off left out. */
export function rulesOf({ defaults, rules: configured, receivers }: AlertsConfig): Rule[] {
  const all = { ...(defaults ? rules.parse(READY_MADE) : {}), ...configured }
  return Object.entries(all)
    .filter(([, { enabled }]) => enabled)
    .map(([name, settings]) => ({ ...(receivers && { receivers }), ...ruleOf(name, settings) }))
}

function ruleOf(name: string, settings: RuleSettings): Rule {
  const { enabled: _, title = titleOf(name), receivers, ...common } = commonRule.parse(settings)
  const kind = kindOf(common.type)
  const own = Object.keys(kind.options.shape).filter(setting => settings[setting] !== undefined)
  const options = Object.fromEntries(own.map(setting => [setting, settings[setting]]))
  return {
    ...common,
    name,
    title,
    by: kind.by?.(common.by, options) ?? common.by,
    window: kind.window?.(options) ?? common.window,
    ...(receivers && { receivers }),
    options
  }
}

/** `server-errors` becomes `Server errors`. */
function titleOf(name: string): string {
  const words = name.replaceAll(/[-_.]+/g, ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/**
 * The configuration with the values of files filled in that rules name as lists: one value a line, `#` begins a comment.
 * @throws VisorError CONFIG for a list that is too long, and what `read` throws
 */
export function withLists(config: AlertsConfig, read: (path: string) => string): AlertsConfig {
  const filled = Object.entries(config.rules).map(([name, rule]): [string, RuleSettings] => {
    if (typeof rule['list'] !== 'string') return [name, rule]
    const values = valuesOf(read(rule['list']))
    if (values.length > MAX_LIST)
      throw new VisorError(
        'CONFIG',
        `${rule['list']}: a list of a rule may have ${MAX_LIST} values, this one has ${values.length}`
      )
    const setting = rule['notIn'] === undefined ? 'in' : 'notIn'
    const given = rule[setting]
    return [name, { ...rule, [setting]: [...(Array.isArray(given) ? given : []), ...values] }]
  })
  return { ...config, rules: Object.fromEntries(filled) }
}

function valuesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map(line => line.replace(/#.*$/, '').trim())
    .filter(line => line !== '')
}
