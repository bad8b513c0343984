import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { documents } from '../scripts/docs.ts'
import { loadConfig } from '../src/config/load.ts'
import { ERRORS } from '../src/core/errors.ts'

const read = (path: string): string => readFileSync(path, 'utf8')

describe('docs/', async () => {
  it.each([...(await documents())])('%s is fresh; `node scripts/docs.ts` makes it anew', (path, text) => {
    expect(read(path)).toBe(text)
  })

  it('has an example of a configuration that is valid and names every setting', () => {
    const { config } = loadConfig({}, 'docs/visor.example.yaml')
    expect(Object.keys(config.sources)).toEqual(['site', 'errors', 'proxies', 'stream', 'push', 'cluster'])
    const named = new Set(
      read('docs/visor.example.yaml')
        .match(/^[ #]*\w+(?=:)/gm)
        ?.map(name => name.replace(/^[ #]*/, ''))
    )
    for (const setting of settings(JSON.parse(read('docs/config.schema.json'))))
      expect(named).toContain(setting)
  })
})

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | false
  readonly oneOf?: readonly Schema[]
}

/** The names of all settings of a JSON Schema, but those that only say what they are. */
function settings({ properties = {}, additionalProperties, oneOf = [] }: Schema): string[] {
  const names = Object.keys(properties).filter(name => name !== '$schema' && name !== 'type')
  const inner = [
    ...Object.values(properties),
    ...(additionalProperties ? [additionalProperties] : []),
    ...oneOf
  ]
  return [...names, ...inner.flatMap(settings)]
}

describe('errors', () => {
  const sources = globSync('src/**/*.ts', { exclude: ['**/*.test.ts', 'src/core/errors.ts'] }).map(read)

  it.each(Object.keys(ERRORS).filter(code => !['INTERNAL', 'SYSTEM'].includes(code)))(
    '%s is raised somewhere',
    code => {
      expect(sources.some(text => text.includes(`'${code}'`))).toBe(true)
    }
  )
})
