import * as z from 'zod'
import { isZone } from '../core/zone.ts'

/** A time zone by its IANA name. */
export function zoneSetting(summary: string) {
  return z.string().refine(isZone, 'expected a time zone such as "UTC" or "Europe/Berlin"').describe(summary)
}
