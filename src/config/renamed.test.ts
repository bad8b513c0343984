import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { RULES } from '../alerts/rules/index.ts'
import { NOTIFIERS } from '../notifiers/index.ts'
import { SOURCES } from '../sources/index.ts'
import { loadConfig } from './load.ts'
import { RENAMED } from './renamed.ts'
import { schema } from './schema.ts'

const folder = mkdtempSync(join(tmpdir(), 'visor-renamed-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Kind {
  readonly name: string
  readonly example: object
}

/** A configuration in which a setting stands in a group of every sort, as the last line of it. */
function linesWith(key: string): string[] {
  const groupsOf = (kinds: readonly Kind[], indent: string): string[] =>
    kinds.flatMap(({ name, example }) => [
      `${indent}${name}:`,
      ...Object.entries({ type: name, ...example }).map(
        ([key, value]) => `${indent}  ${key}: ${JSON.stringify(value)}`
      ),
      // Of one kind it may be a setting still, as `group` is of Kafka.
      ...(key in example ? [] : [`${indent}  ${key}: 1`])
    ])
  const rules = RULES.map(({ name, example }) => ({
    name,
    example: Object.assign({}, ...Object.values(example))
  }))
  return [
    'sources:',
    ...groupsOf(SOURCES, '  '),
    'receivers:',
    ...groupsOf(NOTIFIERS, '  '),
    'alerts:',
    '  rules:',
    ...groupsOf(rules, '    '),
    `  ${key}: 1`,
    `${key}: 1`
  ]
}

const env = { VISOR_TOKEN: 'a secret', SMTP_PASSWORD: 'a secret', WEBHOOK_SECRET: 'a secret' }

/** What loading says of a setting in all these groups. */
function messagesOn(key: string): string[] {
  const file = join(folder, 'visor.yaml')
  writeFileSync(file, linesWith(key).join('\n'))
  try {
    loadConfig(env, file)
  } catch (error) {
    return error instanceof Error ? error.message.replaceAll(`${folder}/`, '').split('\n') : []
  }
  return []
}

describe.each([...RENAMED])('%s, now %s', (old, now) => {
  it('is met with the new name, at its line and column, and is in the schema by that', () => {
    const lines = linesWith(old)
    const met = messagesOn(old).filter(message => message.includes('was renamed'))
    expect(met).not.toEqual([])
    for (const message of met) {
      const [, place, path] =
        /^visor\.yaml:(\d+:\d+): `\w+` was renamed to `\w+`: write "([^"]+)"$/.exec(message) ?? []
      expect(message).toContain(`\`${old}\` was renamed to \`${now}\``)
      const [line = 0, column = 0] = place?.split(':').map(Number) ?? []
      expect(lines[line - 1]?.slice(column - 1)).toBe(`${old}: 1`)
      expect(path?.split('.').at(-1)).toBe(now)
    }
    expect(JSON.stringify(z.toJSONSchema(schema, { io: 'input' }))).toContain(`"${now}":`)
  })
})

it('an old name that stands where there never was such a setting is unknown', () => {
  expect(messagesOn('spare').at(-1)).toContain('unknown setting "spare"')
})

it('what else stands beside the old name of a type is no mistake by itself', () => {
  const file = join(folder, 'engine.yaml')
  writeFileSync(file, "sources: { web: { path: a.log } }\nengine: { kind: spark, connect: 'sc://a:1' }\n")
  expect(() => loadConfig({}, file)).toThrow(
    /^\S+engine\.yaml:2:11: `kind` was renamed to `type`: write "engine\.type"$/
  )
})
