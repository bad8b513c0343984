import { describe, expect, it } from 'vitest'
import { conformsToFormat } from './contract.ts'
import { ALIASES, presetNamed, presets } from './presets.ts'

for (const preset of presets()) conformsToFormat(preset)

describe('the presets', () => {
  it('have names and aliases that differ', () => {
    const names = [...presets().map(({ name }) => name), ...Object.keys(ALIASES)]
    expect(new Set(names).size).toBe(names.length)
  })

  it('stand behind every alias', () => {
    for (const [alias, name] of Object.entries(ALIASES)) expect(presetNamed(alias)?.name).toBe(name)
  })

  it.each([
    ['common', 'common'],
    ['Combined', 'combined'],
    ['COMBINEDIO', 'combinedio'],
    ['vhost combined', 'vhost_combined'],
    ['error 2.4', 'error24'],
    ['Error-2.2', 'error22'],
    ['constructor', undefined],
    ['', undefined]
  ])('%j is %s', (name, found) => expect(presetNamed(name)?.name).toBe(found))
})
