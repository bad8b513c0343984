import { addressText } from '../../core/address.ts'
import type { Config } from '../../config/schema.ts'
import { VisorError } from '../../core/errors.ts'
import type { Millis } from '../../core/time.ts'
import { utcText } from '../../core/units.ts'
import { visible } from '../../core/visible.ts'
import { openAddress } from '../../server/access/access.ts'
import { unbracketed } from '../../server/hosts.ts'
import { readPair } from '../../server/tls.ts'

/** Where the page is, who may read it, and whether it can be served so. */
export function checkedPage({ page }: Config, now: Millis): { lines: string[]; problems: number } {
  if (!page.enabled) return { lines: ['page    off'], problems: 0 }
  const { host, port, tls, access, proxy } = page
  const who =
    access === 'token' ? 'asks everybody for a token' : 'programs on this machine read it without a token'
  const by = proxy?.user === undefined ? '' : `, or for ${proxy.user} of ${proxy.trusted.join(', ')}`
  const problems = [openAddress(host, access), tls && certificateProblem(tls, now)].flatMap(
    found => found ?? []
  )
  return {
    lines: [
      `page    ${tls ? 'https' : 'http'}://${visible(addressText({ host: unbracketed(host), port }))}, ${who}${by}`,
      ...problems.flatMap(({ message, remedy }) => [`  ! ${visible(message)}`, `    ${visible(remedy)}`])
    ],
    problems: problems.length
  }
}

function certificateProblem(files: NonNullable<Config['page']['tls']>, now: Millis): VisorError | undefined {
  try {
    const { until } = readPair(files)
    if (until > now) return undefined
    return new VisorError('CONFIG', `the certificate ${files.cert} is over since ${utcText(until)}`, {
      remedy: 'Renew it.'
    })
  } catch (error) {
    if (error instanceof VisorError) return error
    throw error
  }
}
