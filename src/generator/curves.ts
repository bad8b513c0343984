import * as z from 'zod'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type Millis } from '../core/time.ts'
import { durationSetting } from '../settings/duration.ts'

const factor = (summary: string) => z.number().min(0).max(1e6).describe(summary)

/** What the rate is multiplied with so long after the start, at a time of the day by the clock on the wall. */
export type Curve = (elapsed: Millis, timeOfDay: Millis) => number

const constant = z.strictObject({ shape: z.literal('constant') }).describe('Always the same.')

const daily = z
  .strictObject({
    shape: z.literal('daily'),
    swing: z
      .number()
      .min(0)
      .max(1)
      .default(0.8)
      .describe('How much more than the mean at the peak, and less at night.'),
    peak: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time such as "14:30"')
      .default('15:00')
      .describe('When in the day the peak is.')
  })
  .describe('Much by day, little by night; the rate is the mean.')

const ramp = z
  .strictObject({
    shape: z.literal('ramp'),
    from: factor('Times the rate at the start.').default(0),
    to: factor('Times the rate at the end.').default(1),
    over: durationSetting('1s', '365d', 'How long it takes to get there; then it stays.').prefault('5m')
  })
  .describe('Grows (or shrinks) evenly.')

const square = z
  .strictObject({
    shape: z.literal('square'),
    low: factor('Times the rate while it is low.').default(0.2),
    high: factor('Times the rate while it is high.').default(1.8),
    period: durationSetting('100ms', '30d', 'From one rise to the next.').prefault('2m'),
    share: z.number().min(0).max(1).default(0.5).describe('The share of the period that is high, at its end.')
  })
  .describe('High and low in turn.')

const spike = z
  .strictObject({
    shape: z.literal('spike'),
    factor: factor('Times the rate at the top of a spike.').default(5),
    every: durationSetting('1s', '30d', 'From one spike to the next; the first is in the middle.').prefault(
      '5m'
    ),
    width: durationSetting('100ms', '1d', 'How long a spike is over half of its height.').prefault('20s')
  })
  .describe('Short peaks that come again and again.')

const flood = z
  .strictObject({
    shape: z.literal('flood'),
    factor: factor('Times the rate during the flood.').default(10),
    at: durationSetting('0s', '365d', 'When it begins.').prefault('1m'),
    for: durationSetting('100ms', '365d', 'How long it lasts.').prefault('1m')
  })
  .describe('One sudden flood.')

const waves = z
  .strictObject({ shape: z.literal('waves') })
  .describe('Slow and quick waves that share no multiple soon.')

const shapes = [constant, daily, ramp, square, spike, flood, waves] as const

/** How the rate goes over time. */
export const curveOptions = z.discriminatedUnion('shape', shapes)

export type CurveOptions = z.output<typeof curveOptions>

/** The names of all shapes. */
export const SHAPES: readonly CurveOptions['shape'][] = curveOptions.options.map(one => one.shape.shape.value)

/** The curve that options describe. */
export function curveOf(options: CurveOptions): Curve {
  switch (options.shape) {
    case 'constant':
      return () => 1
    case 'daily': {
      const [hours = 0, minutes = 0] = options.peak.split(':').map(Number)
      const peak = hours * HOUR_MS + minutes * MINUTE_MS
      return (_, timeOfDay) => 1 + options.swing * Math.cos((2 * Math.PI * (timeOfDay - peak)) / DAY_MS)
    }
    case 'ramp': {
      const { from, to, over } = options
      return elapsed => from + (to - from) * Math.min(1, elapsed / over)
    }
    case 'square': {
      const { low, high, period, share } = options
      return elapsed => ((elapsed % period) / period < 1 - share ? low : high)
    }
    case 'spike': {
      const { factor, every, width } = options
      return elapsed => {
        const away = (elapsed % every) - every / 2
        // A bell that has half its height at half the width.
        return 1 + (factor - 1) * Math.exp(-Math.LN2 * ((2 * away) / width) ** 2)
      }
    }
    case 'flood': {
      const { factor, at, for: lasting } = options
      return elapsed => (elapsed >= at && elapsed < at + lasting ? factor : 1)
    }
    default:
      return elapsed => 1 + 0.3 * sine(elapsed, 1130) + 0.12 * sine(elapsed, 173) + 0.08 * sine(elapsed, 41)
  }
}

/** A wave; `period` is in seconds. */
function sine(elapsed: Millis, period: number): number {
  return Math.sin((2 * Math.PI * elapsed) / (period * SECOND_MS))
}
