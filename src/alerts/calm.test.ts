import { existsSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { alertsOptions, rulesOf } from './options.ts'
import { replayed } from './testing/replayed.ts'

const data = '../shared/data'
const missing = !existsSync(data)
const files = missing
  ? []
  : ['access', 'error'].flatMap(folder =>
      readdirSync(`${data}/${folder}`).map(file => [folder, file] as const)
    )

/** What is rightly found in these logs. */
const FOUND: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'company-2013.combined.log': {
    'client-errors': 'one address asks 600 times for /admin and is refused',
    'not-found': 'another one looks for a way in',
    'path-scan': 'and asks for more than a hundred paths'
  },
  'stack-2017.combined.log': { 'source-silent': 'twenty requests a minute end for twenty hours' },
  'stack-2017.nginx.log': { 'source-silent': 'the same' },
  'nasa-1995-c.common.log': { traffic: 'the server falls silent for twelve minutes' }
}

describe.skipIf(missing)('on real logs the ready-made rules are silent', () => {
  it.each(files.filter(([, file]) => file.endsWith('.log')))('%s/%s', async (folder, file) => {
    const { fired, to } = await replayed(rulesOf(alertsOptions.parse({})), [
      { path: `${data}/${folder}/${file}` }
    ])
    expect(to).toBeGreaterThan(0)
    expect([...new Set(fired.map(({ rule }) => rule))].toSorted()).toEqual(
      Object.keys(FOUND[file] ?? {}).toSorted()
    )
  })
})
