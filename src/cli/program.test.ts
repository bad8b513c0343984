import { Option } from 'commander'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from './program.ts'

const all = COMMANDS.flatMap(one =>
  'commands' in one ? one.commands.map(inner => ({ ...inner, name: `${one.name} ${inner.name}` })) : [one]
)

describe.each(all.filter(({ options }) => Object.keys(options).length > 0))('visor $name', ({ options }) => {
  it.each(Object.entries(options))('gets --%s under the name that its declaration has', (name, declared) => {
    const { flags, negation, conflicts = [] } = declared
    expect(new Option(flags).attributeName()).toBe(name)
    if (negation) expect(new Option(negation.flags).attributeName()).toBe(name)
    expect(Object.keys(options)).toEqual(expect.arrayContaining([...conflicts]))
  })
})
