import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Format } from '../core/format.ts'
import { conformsToFormat } from './contract.ts'
import { formatFor } from './index.ts'

/** Every directive that httpd documents, with its meaning, where the list is there. */
const DOCUMENTED = '../shared/data/httpd-log-directives.json'

/** What stands for the names in the documentation's notation. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  '%{format}p': ['%{canonical}p', '%{local}p', '%{remote}p'],
  '%{format}P': ['%{pid}P', '%{tid}P', '%{hextid}P'],
  '%{UNIT}T': ['%{ms}T', '%{us}T', '%{s}T'],
  '%{%-format}t': ['%{%Y-%m-%d %T}t'],
  msec: ['%{msec}t', '%{begin:msec}t', '%{end:msec}t'],
  usec: ['%{usec}t'],
  msec_frac: ['%{%F %T}t.%{msec_frac}t'],
  usec_frac: ['%{%F %T}t.%{usec_frac}t'],
  '+ =': ['%+{Referer}i'],
  '- =': ['%-{Referer}i'],
  '\\ (backslash space)': ['x\\ %L'],
  '% (percent space)': ['%P% x']
}

type Documented = Readonly<Record<string, readonly (readonly [directive: string, meaning: string])[]>>
const documented: Documented = existsSync(DOCUMENTED) ? JSON.parse(readFileSync(DOCUMENTED, 'utf8')) : {}

const directives = ['LogFormat', 'mod_logio', 'ErrorLogFormat'].flatMap(list =>
  (documented[list] ?? []).flatMap(([notation]) => {
    const filled = notation.replace(/\{(VARNAME|name)\}/, '{Foo}')
    // Modifiers stand among the directives of either log; `+` and `-` mean something in the error log alone.
    const error = list === 'ErrorLogFormat' || /^[+-] =$/.test(notation)
    return (ARGUMENTS[notation] ?? [filled]).map(directive => ({ notation, directive, error }))
  })
)

/** A format in which a directive stands beside what every format needs. */
function formatWith({ directive, error }: (typeof directives)[number]): Format {
  const tellsTime = /(^%|\})t$/.test(directive) || directive.includes('}t.')
  if (error)
    return formatFor(
      `${tellsTime ? '' : '[%{cu}t] '}|${directive}|${directive === '%M' ? '' : ' %M'}`,
      'error'
    )
  return formatFor(`${tellsTime && directive !== '%t' ? '' : '%t '}|${directive}| %>s`, 'access')
}

describe.skipIf(directives.length === 0)('documented directives', () => {
  for (const one of directives) conformsToFormat(formatWith(one), 20)

  it('have their meaning in the reference', () => {
    const reference = readFileSync('docs/formats.md', 'utf8')
    const missing = directives.filter(({ directive }) => {
      const letter = /\^?[A-Za-z]{1,2}$/.exec(directive)?.[0] ?? ''
      const argument = /\{([a-z]+)\}/.exec(directive)?.[1]
      const names = [
        `%${letter}`,
        `%{${argument}}${letter}`,
        `%{VARNAME}${letter}`,
        `%{format}${letter}`,
        directive
      ]
      return letter !== '' && !names.some(name => reference.includes(`\`${name}\``))
    })
    expect(missing).toEqual([])
  })
})
