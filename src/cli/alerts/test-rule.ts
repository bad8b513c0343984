import { rulesOf } from '../../alerts/options.ts'
import type { Alert } from '../../alerts/model.ts'
import type { Rule } from '../../alerts/rules/index.ts'
import { formatValue } from '../../alerts/units.ts'
import { loadConfig } from '../../config/load.ts'
import { VisorError } from '../../core/errors.ts'
import type { Counters } from '../../core/source.ts'
import { nearest } from '../../core/suggest.ts'
import { DAY_MS, SECOND_MS, toMillis, type Millis } from '../../core/time.ts'
import { formatCount, formatSpan } from '../../core/units.ts'
import { printJson, printLines, type Context } from '../context.ts'
import { proposalsOf, type Proposal } from './replay/proposal.ts'
import { replayLogs, type Replayed } from './replay/together.ts'
import { Trial } from './replay/trial.ts'
import type { TestRuleOptions } from './options.ts'
import { textTable } from '../text-table.ts'
import { labelsText, timeText } from './text.ts'

/** What a rule would have done. Times are those of events. */
interface Trialled {
  readonly rule: string
  readonly lines: Counters
  readonly from?: Millis
  readonly to?: Millis
  readonly fired: readonly Firing[]
  readonly perDay?: number
  readonly proposals: readonly Proposal[]
}

interface Firing {
  readonly at: Millis
  readonly labels: Alert['labels']
  /** The worst value. */
  readonly value?: number
  readonly unit: Alert['evaluation']['unit']
  /** When it was over; absent where that was not before the last line. */
  readonly resolved?: Millis
}

/** How many times are printed. */
const MAX_SHOWN = 1000

/** `visor alerts test-rule`: evaluates a rule over logs, and prints what it would have done. */
export async function testRule(name: string, options: TestRuleOptions, context: Context): Promise<void> {
  const { alerts } = loadConfig(context.env, options.config).config
  const rule = ruleNamed(name, rulesOf(alerts))
  const trial = new Trial(rule, alerts.maxLateness)
  const { format, zone, replay, json } = options
  const replayed = await replayLogs(
    replay.map(path => ({ path, format })),
    { signals: trial.replay.signals, take: slot => trial.take(slot) },
    { zone, clock: Date.now, signal: context.signal }
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
  const near = nearest(
    name,
    rules.map(({ name }) => name)
  )
  throw new VisorError(
    'USAGE',
    `there is no rule ${name}${near === undefined ? '' : `; did you mean ${near}?`}`
  )
}

function resultOf(rule: Rule, trial: Trial, { counters, from, to }: Replayed): Trialled {
  const fired = Array.from(trial.replay.fired.values(), firingOf)
  const { unit } = trial.peaks
  const [begin, end] = [toMillis(from), toMillis(to)]
  const known = begin <= end
  return {
    rule: rule.name,
    lines: counters,
    ...(known && { from: begin, to: end }),
    fired,
    ...(known && { perDay: (fired.length * DAY_MS) / Math.max(SECOND_MS, end - begin) }),
    proposals: unit === undefined ? [] : proposalsOf(rule, unit, trial.peaks, (end - begin) / DAY_MS)
  }
}

function firingOf({ fired = 0, labels, worst, evaluation: { unit }, resolved }: Alert): Firing {
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
  { lines, from, to, fired, perDay, proposals }: Trialled
): string[] {
  const span = from === undefined || to === undefined ? 0 : to - from
  const rows = fired.slice(0, MAX_SHOWN).map(firingRow)
  return [
    `${name}: ${title} (${type})`,
    `${formatCount(lines.read)} lines${from === undefined || to === undefined ? '' : ` from ${timeText(from)} to ${timeText(to)}, ${formatSpan(span)}`}`,
    fired.length === 0
      ? 'It would not have fired.'
      : `It would have fired ${times(fired.length)}, ${rateText(perDay ?? 0)} a day:`,
    ...textTable(rows),
    ...(fired.length > MAX_SHOWN ? [`  and ${times(fired.length - MAX_SHOWN)} more; --json has all`] : []),
    ...proposals.map(proposalText)
  ]
}

function firingRow({ at, labels, value, unit, resolved }: Firing): string[] {
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
