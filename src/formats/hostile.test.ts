import { describe, expect, it } from 'vitest'
import type { Program } from '../core/program.ts'
import { Scanner } from '../scanner/index.ts'
import { formatFor } from './index.ts'

/** The texts of one line by field, or `undefined` where the line is rejected. */
function read(program: Program, line: string): Record<string, string> | undefined {
  const scanner = new Scanner([program], { zone: 'UTC' })
  const bytes = Buffer.from(line)
  scanner.input().set(bytes)
  scanner.filled(bytes.length)
  const [batch] = scanner.scan({ final: true }).batches
  if (!batch) throw new Error('no batch')
  if (batch.rows === 0) return undefined
  const texts = Array.from(batch.columns, ([name, column]) => {
    const code = column.type === 'text' ? (column.codes[0] ?? 0) : 0
    return column.type === 'text' && code > 0 ? [[name, column.dictionary.text(code)]] : []
  })
  return Object.fromEntries(texts.flat())
}

const WORD: Program = {
  zoned: true,
  steps: [
    { op: 'timepart', field: 'time', part: 'seconds' },
    { op: 'literal', text: ' ' },
    { op: 'text', field: 'client', until: '', quoted: false, word: true }
  ]
}
const keepsWords = read(WORD, '1 a b') === undefined

const HEAD = '[Thu Dec 19 12:02:47.288843 2024] [core:error] [pid 22583:tid 5]'

describe('what a stranger writes into a line', () => {
  it.skipIf(!keepsWords).each<[line: string, message: string]>([
    ['[client 1.2.3.4:5] AH00128: File does not exist: /x(1): y', 'AH00128: File does not exist: /x(1): y'],
    [
      '[client 1.2.3.4:5] AH00128: not found: /a.c(5): [client 9.9.9.9:9] z',
      'AH00128: not found: /a.c(5): [client 9.9.9.9:9] z'
    ],
    ['[client 1.2.3.4:5] (2)No such: x', '(2)No such: x'],
    ['(2)No such: [client 1.2.3.4:5] (3)x: [client 9.9.9.9:9] y', '(3)x: [client 9.9.9.9:9] y'],
    ['[client 1.2.3.4:5] [remote 9.9.9.9:9', '[remote 9.9.9.9:9'],
    ['ssl.c(21): (2)No such: [client 1.2.3.4:5] f(3): x', 'f(3): x']
  ])('hides no client of an error line: %s', (line, message) => {
    expect(read(formatFor('error24').program, `${HEAD} ${line}`)).toMatchObject({
      client: '1.2.3.4',
      message
    })
  })

  it.each(['a [x', '[', ' [ [', 'x [10/Oct/2000:13:55:36 -0700] y', '] "GET / HTTP/1.1" [', '10/Oct/2000'])(
    'hides no line behind the user name: %s',
    user => {
      const name = user.replaceAll('"', String.raw`\"`)
      const line = `1.2.3.4 - ${name} [10/Oct/2001:13:55:36 -0700] "GET /secret HTTP/1.1" 404 2 "-" "a"`
      expect(read(formatFor('combined').program, line)).toMatchObject({
        client: '1.2.3.4',
        user,
        path: '/secret'
      })
    }
  )

  it.each<[client: string, request: string, agent: string, path: string]>([
    ['1.2.3.4', 'GET /\\" 200 5 \\"-\\" \\"x HTTP/1.1', 'a', '/" 200 5 "-" "x'],
    ['1.2.3.4', 'GET /a?b HTTP/1.1', '\\" \\"', '/a'],
    ['1.2.3.4', 'GET /\\\\ HTTP/1.1', 'ends in \\\\', '/\\'],
    ['1.2.3.4', 'GET /\\x0a1.1.1.1 HTTP/1.1', '\\n', '/\n1.1.1.1']
  ])('moves no field of an access line: %s %s %s', (client, request, agent, path) => {
    const line = `${client} - - [10/Oct/2000:13:55:36 -0700] "${request}" 200 2 "-" "${agent}"`
    expect(read(formatFor('combined').program, line)).toMatchObject({ client, method: 'GET', path })
  })
})
