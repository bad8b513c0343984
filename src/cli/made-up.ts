import { join } from 'node:path'
import { alertsOptions } from '../alerts/options.ts'
import { receiversSetting } from '../config/receivers.ts'
import type { Config } from '../config/schema.ts'
import type { Kind } from '../core/fields.ts'
import { DAY_MS, MINUTE_MS, SECOND_MS, toMillis, type Micros } from '../core/time.ts'
import { zoneOffsets } from '../core/zone.ts'
import { localZone } from '../scanner/zone.ts'
import { fileOptions } from '../sources/file/options.ts'

export const KINDS = ['access', 'error'] as const

/** The formats of logs that Visor makes for itself. */
export const FORMATS = {
  /** What Debian calls vhost_combined, with bytes as the page likes them and the time each request took. */
  access: '%v:%p %h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %D',
  error: 'error24'
} as const

/** Minutes east of UTC at a time, in the zone that logs are written and read in, or in another. */
export function offsetsOf(zone = localZone()): (time: Micros) => number {
  const offset = zoneOffsets(zone)
  return time => offset(toMillis(time))
}

/** Watches made-up logs; all that is kept is in `folder`. */
export function madeUpConfig(
  paths: Readonly<Record<Kind, string>>,
  page: { readonly host: string; readonly port: number },
  folder: string
): Config {
  const sourceOf = (kind: Kind): Config['sources'][string] => ({
    type: 'file',
    ...fileOptions.parse({ path: paths[kind] }),
    format: FORMATS[kind]
  })
  return {
    sources: { access: sourceOf('access'), error: sourceOf('error') },
    page: { enabled: true, ...page },
    store: { path: join(folder, 'store'), retention: DAY_MS },
    window: 10 * SECOND_MS,
    engine: { type: 'embedded' },
    country: true,
    lateness: MINUTE_MS,
    alerts: alertsOptions.parse({}),
    receivers: receiversSetting().parse(undefined)
  }
}
