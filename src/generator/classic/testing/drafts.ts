import { readFileSync } from 'node:fs'
import type * as z from 'zod'
import type { Kind } from '../../../core/fields.ts'
import { formatFor } from '../../../formats/index.ts'
import { SECOND, toMicros } from '../../../core/time.ts'
import type { Draft, Traffic } from '../../draft.ts'
import { seeded } from '../../random.ts'
import { classicOptions } from '../options.ts'
import { classicTraffic } from '../traffic.ts'

export const START = toMicros(Date.UTC(2026, 0, 1))
export const FORMATS = { access: formatFor('common'), error: formatFor('error24') }

/** A whole file of the first Visor's kind. */
export const SAMPLE: z.input<typeof classicOptions> = JSON.parse(
  readFileSync('test/samples/classic.json', 'utf8')
)

/** Traffic of the sample with other settings in the place of its own. */
export function traffic(settings: object, seed: number, modes: readonly Kind[]): Traffic {
  const options = classicOptions.parse({ ...SAMPLE, ...settings })
  return classicTraffic(options, { start: START, random: seeded(seed), modes: new Set(modes) })
}

export interface Asked {
  readonly settings?: object
  readonly seed?: number
  readonly modes?: readonly Kind[]
  readonly seconds: number
}

export function draftsOf({ settings = {}, seed = 1, modes = ['access', 'error'], seconds }: Asked): Draft[] {
  const drafts: Draft[] = []
  traffic(settings, seed, modes).fill(START + seconds * SECOND, draft => drafts.push({ ...draft }))
  return drafts
}

/** The sample's settings without any section but this one. */
export function only(name: string, section: unknown): object {
  const none = ['heartbeat', 'access', 'info', 'warn', 'error'].map(name => [name, undefined])
  return { ...Object.fromEntries(none), [name]: section }
}

export function printed({ kind, time, own, text }: Draft): string {
  return text ?? FORMATS[kind].print({ time, zone: 0, ...own })
}

/** Seconds from each line to the next. */
export function waitsOf(drafts: readonly Draft[]): number[] {
  return drafts.slice(1).map(({ time }, i) => (time - drafts[i]!.time) / SECOND)
}
