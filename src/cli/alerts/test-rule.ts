import { rulesOf } from '../../alerts/options.ts'
import type { Alert } from '../../alerts/model.ts'
import type { Rule } from '../../alerts/rules/index.ts'
import { formatValue } from '../../alerts/units.ts'
import { loadConfig } from '../../config/load.ts'
import { VisorError } from '../../core/errors.ts'
import { didYouMean } from '../../core/suggest.ts'
import { DAY_MS, SECOND_MS, toMillis } from '../../core/time.ts'
import { formatCount, formatSpan } from '../../core/units.ts'
import { printJson, printLines, type Context } from '../context.ts'
import { proposalsOf, type Proposal } from './replay/proposal.ts'
import { replayLogs, type Replayed } from './replay/together.ts'
import { Trial } from './replay/trial.ts'
import type { TestRuleOptions } from './options.ts'
import { textTable } from '../text-table.ts'
import { labelsText, timeText } from './text.ts'

/** How many times are printed. */
const MAX_SHOWN = 1000

/** `visor alerts test-rule`: evaluates a rule over logs, and prints what it would have done. */
export async function testRule(name: string, options: TestRuleOptions, context: Context): Promise<void> {
  const { alerts, privacy } = loadConfig(context.env, options.config).config
  const rule = ruleNamed(name, rulesOf(alerts))
  const trial = new Trial(rule, alerts.maxLateness)
  const { format, zone, replay, json } = options
  const replayed = await replayLogs(
    replay.map(path => ({ path, format })),
    { signals: trial.replay.signals, take: slot => trial.take(slot) },
    { zone, scrub: privacy.scrub, clock: Date.now, signal: context.signal }
  )
  const result = resultOf(rule, trial, replayed)
  if (json) return printJson(context, result)
  return printLines(context, linesOf(rule, result))
}

function ruleNamed(name: string, rules: readonly Rule[]): Rule {
  const rule = rules.find(rule => rule.name === name)
  if (rule?.type === 'health')
    throw new VisorError(
      'USAGE',
      `the rule ${name} evaluates Visor itself, and not lines that could be read again`
    )
  if (rule) return rule
  const known = rules.map(({ name }) => name)
  throw new VisorError('USAGE', `there is no rule ${name}${didYouMean(name, known)}`)
}

/** What a rule would have done. Times are those of events; there are none where no line had one. */
function resultOf(rule: Rule, { replay, peaks }: Trial, { counters, from, to }: Replayed) {
  const fired = Array.from(replay.fired.values(), firingOf)
  const [begin, end] = [toMillis(from), toMillis(to)]
  const perDay = (fired.length * DAY_MS) / Math.max(SECOND_MS, end - begin)
  return {
    rule: rule.name,
    lines: counters,
    ...(begin <= end && { from: begin, to: end }),
    fired,
    ...(begin <= end && { perDay }),
    proposals: peaks.unit === undefined ? [] : proposalsOf(rule, peaks.unit, peaks, (end - begin) / DAY_MS)
  }
}

/** When an alert fired, with its worst value; `resolved` is absent where it was not over before the last line. */
function firingOf({ fired = 0, labels, worst, evaluation: { unit }, resolved }: Alert) {
  return {
    at: fired,
    labels,
    ...(worst !== undefined && { value: worst }),
    unit,
    ...(resolved !== undefined && { resolved })
  }
}

function linesOf(
  { name, title, type }: Rule,
  { lines, from, to, fired, perDay, proposals }: ReturnType<typeof resultOf>
): string[] {
  const span =
    from === undefined || to === undefined
      ? ''
      : ` from ${timeText(from)} to ${timeText(to)}, ${formatSpan(to - from)}`
  return [
    `${name}: ${title} (${type})`,
    `${formatCount(lines.read)} lines${span}`,
    fired.length === 0
      ? 'It would not have fired.'
      : `It would have fired ${times(fired.length)}, ${rateText(perDay ?? 0)} a day:`,
    ...textTable(fired.slice(0, MAX_SHOWN).map(firingRow)),
    ...(fired.length > MAX_SHOWN ? [`  and ${times(fired.length - MAX_SHOWN)} more; --json has all`] : []),
    ...proposals.map(proposalText)
  ]
}

function firingRow({ at, labels, value, unit, resolved }: ReturnType<typeof firingOf>): string[] {
  return [
    `  ${timeText(at)}`,
    labelsText(labels) || '-',
    value === undefined ? '-' : formatValue(value, unit),
    resolved === undefined ? 'until the end' : `for ${formatSpan(Math.max(SECOND_MS, resolved - at))}`
  ]
}

function proposalText({ setting, value, fires, why }: Proposal): string {
  const fired = fires === 'never' ? 'never have fired' : `have fired ${fires}`
  return `With ${setting}: ${value} it would ${fired}: ${why}.`
}

function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${formatCount(count)} times`
}

function rateText(perDay: number): string {
  return perDay >= 10 ? formatCount(perDay) : String(Number(perDay.toPrecision(2)))
}
