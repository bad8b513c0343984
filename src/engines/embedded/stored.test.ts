import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { storedLog } from './testing/stored.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'visor-stored-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const ACCESS = '10.0.0.1 - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.0" 200 2326'
const ERROR = '[Tue Oct 10 13:55:37.000000 2000] [core:error] [pid 1] oops'

/** Logs, and the lines of them that are none. */
const LOGS: readonly (readonly [name: string, text: string, directiveLines: string])[] = [
  ['mixed', `AH00558: x\n${ACCESS}\n${ERROR}\n  at a\r\n\n  at "b"\\n\n${ACCESS}\r\n${ERROR}\r\n at c\n`, ''],
  [
    'iis',
    '#Fields: date time cs-uri-stem\n2024-01-02 03:04:05 C:\\new\n',
    '#Fields: date time cs-uri-stem\n'
  ],
  ['nginx', '2017/05/17 08:05:24 [error] 1#2: *3 a\\tb, client: ::1, server: _, host: "h"\n more\n', '']
]

it.each(LOGS)(
  '%s: every line comes back from the store byte for byte',
  async (name, text, directiveLines) => {
    const inner = join(folder, name)
    mkdirSync(inner)
    const store = await storedLog(inner, name, text)
    const found = await store.lines({ sources: [name] })
    await store.close()
    let rest = text
    for (const { line, end } of found) {
      const whole = Buffer.from(line).toString() + end
      expect(rest).toContain(whole)
      rest = rest.replace(whole, () => '')
    }
    expect(rest).toBe(directiveLines)
  }
)
