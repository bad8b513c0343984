import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { alertsOptions, rulesOf } from './options.ts'
import { Replay } from './testing/replay.ts'

/** Lines that are read at once: few, so that each rule is evaluated in the order of time. */
const STEP = 20

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
  'nasa-1995-c.common.log': { traffic: 'the server falls silent for twelve minutes' }
}

describe.skipIf(missing)('on real logs the ready-made rules are silent', () => {
  it.each(files.filter(([, file]) => file.endsWith('.log')))('%s/%s', (folder, file) => {
    const replay = new Replay(rulesOf(alertsOptions.parse({})))
    const lines = readFileSync(`${data}/${folder}/${file}`, 'latin1').split('\n')
    for (let i = 0; i < lines.length; i += STEP)
      replay.read(file, Buffer.from(lines.slice(i, i + STEP).join('\n') + '\n', 'latin1'))
    expect(replay.cells.latest).toBeGreaterThan(0)
    const fired = new Set(replay.fired.map(({ rule }) => rule))
    expect([...fired].toSorted()).toEqual(Object.keys(FOUND[file] ?? {}).toSorted())
  })
})
