import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Kind } from '../core/fields.ts'
import { lineField } from '../core/fields.ts'
import { DIRECTIVES } from './directives.ts'
import { formatFor } from './index.ts'
import { notation } from './lookup.ts'

const DOCUMENTED = '../shared/data/httpd-log-directives.json'

function documented(): Record<string, [directive: string, meaning: string][]> {
  return existsSync(DOCUMENTED) ? JSON.parse(readFileSync(DOCUMENTED, 'utf8')) : {}
}

describe('the table of directives', () => {
  it.each(
    DIRECTIVES.filter(({ meaning }) => meaning.as !== 'time').map(entry => ({ entry, text: notation(entry) }))
  )('$entry.kind $text fills known fields', ({ entry, text }) => {
    const { fields } = formatFor(`%{%F}t [${text}]`, entry.kind)
    expect(fields.length).toBeGreaterThan(0)
    expect(fields.filter(field => lineField(field) === undefined)).toEqual([])
  })

  it.skipIf(!existsSync(DOCUMENTED))('knows every directive that Apache documents', () => {
    const kinds: [section: string, kind: Kind][] = [
      ['LogFormat', 'access'],
      ['mod_logio', 'access'],
      ['ErrorLogFormat', 'error']
    ]
    const all = kinds.flatMap(([section, kind]) =>
      (documented()[section] ?? [])
        .map(([directive]) => directive)
        .filter(directive => /^%[^ ]/.test(directive))
        .map(directive => ({ kind, directive }))
    )
    expect(all.length).toBeGreaterThan(60)
    for (const { kind, directive } of all) {
      const known = directive
        .replace(/\{format\}([pP])/, '$1')
        .replace('{UNIT}', '{ms}')
        .replace('%{%-format}t', '%{%F %T}t')
      const text = directive.endsWith('t') ? known : `%{%F %T}t <${known}>`
      expect(formatFor(text, kind).kind, directive).toBe(kind)
    }
  })

  it.skipIf(!existsSync(DOCUMENTED))('reads every example of the documentation that has a time', () => {
    const examples = Object.entries(documented()).flatMap(([section, texts]) =>
      section.startsWith('examples') ? texts.flat().flatMap(text => text.split('\n# ')) : []
    )
    const read = examples
      .flatMap(text =>
        text.startsWith('"') ? [text] : text.split('\n').filter(line => line.startsWith('ErrorLogFormat'))
      )
      .filter(text => /\}?t/.test(text))
    expect(read.length).toBeGreaterThan(8)
    // Two optional addresses with only blanks around: where the first ends is unknown.
    const ambiguous = read.filter(text => text.includes('remote') && text.includes('local'))
    expect(ambiguous).toHaveLength(1)
    for (const text of read) {
      const format = (): unknown => formatFor(text)
      if (ambiguous.includes(text)) expect(format).toThrow('where it ends is unknown')
      else expect(format).not.toThrow()
    }
  })

  it('becomes Markdown', () => {
    const table = readFileSync('docs/formats.md', 'utf8')
    expect(table).toContain('| `combined` | `extended` |')
    expect(table).toContain('| `%>s` | `status` | final status |')
    expect(table).toContain('| `%{VARNAME}i` | `header.…` | header of the request |')
    for (const line of table.split('\n')) expect(line).not.toContain('undefined')
  })
})
