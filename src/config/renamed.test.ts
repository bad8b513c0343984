import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { configSchema, loadConfig } from './load.ts'
import { RENAMED } from './renamed.ts'

const folder = mkdtempSync(join(tmpdir(), 'visor-renamed-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Groups of settings, with the place at which one more stands. */
const GROUPS: [group: string, place: string][] = [
  ['sources:\n  web:\n    type: tcp\n    listen: 1\n    ', '5:5'],
  ['alerts:\n  ', '2:3'],
  ['alerts:\n  rules:\n    mine:\n      type: count\n      over: 5\n      ', '6:7'],
  ['receivers:\n  ops:\n    type: email\n    to: ops@example.org\n    host: 127.0.0.1\n    ', '6:5']
]

/** What loading says of one more setting in each of these groups, with the place at which it should be. */
function messages(key: string): { message: string; place: string }[] {
  const file = join(folder, 'visor.yaml')
  return GROUPS.map(([group, place]) => {
    writeFileSync(file, `${group}${key}: 1\n`)
    try {
      loadConfig({}, file)
    } catch (error) {
      return { message: error instanceof Error ? error.message : '', place: `${file}:${place}` }
    }
    return { message: '', place }
  })
}

describe.each([...RENAMED])('%s, now %s', (old, now) => {
  it('is met with the new name, at its line and column', () => {
    const met = messages(old).filter(({ message }) => message.includes('was renamed'))
    expect(met).not.toEqual([])
    for (const { message, place } of met)
      expect(message).toMatch(
        new RegExp(`^${place}: \`${old}\` was renamed to \`${now}\`: write "[^"\n]*\\b${now}"$`)
      )
  })

  it('is in the schema by its new name', () => {
    expect(JSON.stringify(configSchema())).toContain(`"${now}":`)
  })
})

it('an old name that stands where there never was such a setting is unknown', () => {
  const [source] = messages('spare')
  expect(source?.message).toContain('unknown setting "sources.web.spare"')
})
