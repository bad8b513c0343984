import * as z from 'zod'
import type { EvaluationResult, Unit } from '../model.ts'
import { formatValue } from '../units.ts'

/** Which values are bad, and which are good again; between the two nothing changes. */
export interface Limit {
  readonly side: 'over' | 'under'
  readonly at: number
  readonly clear: number
}

/** The limit that is `over` or `under` a value, with the `clear` threshold when none is set: a fifth of the way back. */
export function limitOf(
  {
    over,
    under = 0,
    clear
  }: { over?: number | undefined; under?: number | undefined; clear?: number | undefined },
  most = Infinity
): Limit {
  if (over !== undefined) return { side: 'over', at: over, clear: clear ?? 0.8 * over }
  return { side: 'under', at: under, clear: clear ?? Math.min(under / 0.8, (under + most) / 2) }
}

/** A value that is just the limit is not bad yet, and one that is just the clear threshold is good. */
export function stateOf(value: number, { side, at, clear }: Limit): 'bad' | 'between' | 'good' {
  if (side === 'over') return value > at ? 'bad' : value > clear ? 'between' : 'good'
  return value < at ? 'bad' : value < clear ? 'between' : 'good'
}

/** What was measured, besides the state that follows from it. */
export interface Measured {
  readonly value: number
  readonly limit: Limit
  /** `count` when absent. */
  readonly unit?: Unit
  /** How many lines it is made of; the value itself when absent. */
  readonly samples?: number
  readonly baseline?: number | undefined
  /** For people, without limit and usual: `7.2 % of 1,204 requests in 1m`. */
  readonly what: string
  /** Where another state follows. */
  readonly state?: EvaluationResult['state']
  /** How many times what is usual it has to be besides, to be bad. */
  readonly factor?: number | undefined
}

export function evaluated(measured: Measured): EvaluationResult {
  const { value, limit, baseline, what, state = stateBeside(measured) } = measured
  const { unit = 'count', samples = value } = measured
  const usual = baseline === undefined ? '' : `, usual ${formatValue(baseline, unit)}`
  return {
    state,
    value,
    threshold: limit.at,
    ...(baseline !== undefined && { baseline }),
    unit,
    samples,
    summary: `${what} (limit ${formatValue(limit.at, unit)}${usual})`
  }
}

function stateBeside({ value, limit, baseline, factor }: Measured): EvaluationResult['state'] {
  const state = stateOf(value, limit)
  if (factor === undefined || state !== 'bad') return state
  return baseline === undefined ? 'unknown' : value > factor * baseline ? 'bad' : 'between'
}

/** An evaluation without a value: nothing was measured, for a reason that `summary` gives. */
export function unmeasured(
  state: 'good' | 'unknown',
  { limit, unit, samples = 0 }: { readonly limit: number; readonly unit: Unit; readonly samples?: number },
  summary: string
): EvaluationResult {
  return { state, threshold: limit, unit, samples, summary }
}

const SHARE = 'expected a share such as "5%" or 0.05'

/** A share as people write it: `5%`, or 0.05. */
export const share = z
  .union([z.number().min(0).max(1), z.string().regex(/^\d{1,2}(\.\d+)? ?%$|^100 ?%$/, SHARE)], SHARE)
  .transform(given =>
    typeof given === 'number' ? given : Number((Number.parseFloat(given) / 100).toPrecision(12))
  )

/** Settings of a limit on either side. */
export function limitSettings<Value extends z.ZodType>(value: Value, what: string) {
  return {
    over: value.optional().describe(`Fires when ${what} is over this.`),
    under: value.optional().describe(`Fires when ${what} is under this.`),
    clear: value
      .optional()
      .describe('Where it counts as good again; a fifth of the way back from the limit when absent.')
  }
}

interface LimitOptions {
  readonly over?: unknown
  readonly under?: unknown
  readonly clear?: unknown
  readonly factor?: number | undefined
}

/** The setting of `Measured.factor`. */
export const factorSetting = z
  .number()
  .gt(1)
  .optional()
  .describe('Besides, how many times what is usual it has to be; nothing fires while that is not known.')

/** Checks that a limit is on one side, its clear threshold on the good side of it, and a factor only beside "over". */
export function checkLimit<Options extends LimitOptions>(
  numberOf: (value: unknown, options: Options) => number | undefined = value =>
    typeof value === 'number' ? value : undefined
) {
  return (options: Options, context: z.RefinementCtx): void => {
    const add = (setting: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [setting], message })
    const [over, under, clear] = [options.over, options.under, options.clear].map(value =>
      value === undefined ? undefined : numberOf(value, options)
    )
    if ((options.over === undefined) === (options.under === undefined))
      context.addIssue('expected either "over" or "under"')
    else if (clear !== undefined && over !== undefined && clear > over)
      add('clear', 'expected at most the value of "over"')
    else if (clear !== undefined && under !== undefined && clear < under)
      add('clear', 'expected at least the value of "under"')
    if (options.under !== undefined && options.factor !== undefined)
      add('factor', 'expected only beside "over"')
  }
}
