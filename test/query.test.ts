import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startVisor, visor } from './visor.ts'

const LINES = [
  '10.0.0.1 - - [10/Oct/2026:13:55:36 +0000] "GET /a HTTP/1.1" 200 10 "-" "curl/8.1"',
  '10.0.0.2 - - [10/Oct/2026:13:55:37 +0000] "GET /=1+1?x=%22 HTTP/1.1" 500 20 "-" "=cmd|\' /C calc\'!A0"',
  '10.0.0.2 - - [10/Oct/2026:13:55:38 +0000] "GET /b HTTP/1.1" 404 30 "-" "a \\"b\\", \\x1b[31mred"',
  '10.0.0.3 - - [10/Oct/2026:14:00:00 +0000] "GET /a HTTP/1.1" 200 40 "-" "-"'
]

let folder = ''
let store = ''
/** What was asked of the Visor that ran, and its answers. */
const answered = new Map<string, string>()

/** Questions with their answers. */
const QUESTIONS: readonly (readonly [args: readonly string[], out: string])[] = [
  [['status:200'], `${LINES[0]}\n${LINES[3]}\n`],
  [['path:/b'], `${LINES[2]}\n`],
  [['-n', '1'], `${LINES[3]}\n`],
  [
    ['--fields', 'time,path,status', 'status:>=404'],
    'time                  path   status\n2026-10-10T13:55:37Z  /=1+1     500\n2026-10-10T13:55:38Z  /b        404\n'
  ],
  [
    ['--fields', 'agent,bytes', '--csv', 'client:10.0.0.2'],
    'agent,bytes\r\n\'=cmd|\' /C calc\'!A0,20\r\n"a ""b"", \u001b[31mred",30\r\n'
  ],
  [['--fields', 'agent', 'path:/b'], 'agent\na "b", \\x1b[31mred\n'],
  [
    ['--json', '--fields', 'path,agent', '--until', '2026-10-10T13:55:37Z'],
    '{"path":"/a","agent":"curl/8.1"}\n'
  ],
  [['--stats', 'count by client', '--csv'], 'client,count\r\n10.0.0.2,2\r\n10.0.0.1,1\r\n10.0.0.3,1\r\n'],
  [
    ['--stats', 'sum bytes by hour', '--json'],
    '{"hour":"2026-10-10T13:00:00Z","sum bytes":60}\n{"hour":"2026-10-10T14:00:00Z","sum bytes":40}\n'
  ],
  [
    ['--sql', 'select status, count(*) as n from log group by 1 order by 1', '--csv'],
    'status,n\r\n200,2\r\n404,1\r\n500,1\r\n'
  ],
  [['bot:curl', '--fields', 'bot'], 'bot\ncurl\n'],
  [['bytes:<99999999999999999999', '-n', '1'], `${LINES[3]}\n`]
]

/** What is wrong with a question, and what to do about just that. */
const REFUSED: readonly (readonly [args: readonly string[], message: string, remedy?: string])[] = [
  [
    ['statsu:1'],
    'There is no field `statsu`; did you mean `status`?\nstatsu:1\n^',
    'The caret marks the character; docs/query.md has the syntax.'
  ],
  [['--stats', 'count by'], 'expected'],
  [['--fields', 'nonsense'], 'there is no field `nonsense`', 'docs/query.md lists them.'],
  [['--since', 'never'], '--since: expected a span', 'See `visor query --help`.'],
  [['NOT '.repeat(2400) + 'a'], 'A query may be nested 100 deep'],
  [['path:/a{1001}/'], 'a regular expression may repeat something 1,000 times at most', 'Repeat less'],
  [['--sql', 'drop table events'], 'Only a SELECT is allowed here.', 'docs/query.md has the view `log`'],
  [['--json', '--csv'], 'cannot be used with'],
  [['--sql', 'select 1', '--stats', 'count'], 'cannot be used with']
]
/** What the Visor that ran said of them. */
const refused = new Map<string, string>()

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'visor-query-'))
  store = join(folder, 'store')
  const log = join(folder, 'access.log')
  writeFileSync(log, LINES.map(line => `${line}\n`).join(''))
  const running = startVisor([
    'watch',
    log,
    '--store',
    store,
    '--no-page',
    '--output',
    join(folder, 'out.jsonl')
  ])
  for (let tries = 0; tries < 100; tries++) {
    const { out } = await visor(['query', '--stats', 'count', '--csv', '--store', store])
    if (out === 'count\r\n4\r\n') break
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  for (const [args] of QUESTIONS) {
    answered.set(args.join(' '), (await visor(['query', ...args, '--store', store])).out)
  }
  for (const [args] of REFUSED)
    refused.set(args.join(' '), (await visor(['query', ...args, '--store', store])).err)
  // As an address it is nine times as long.
  expect(await visor(['query', `NOT path:"${'€'.repeat(9900)}"`, '-n', '1', '--store', store])).toMatchObject(
    {
      exit: 0,
      out: `${LINES[3]}\n`
    }
  )
  // Killed, so that its socket stays behind.
  await running.stop('SIGKILL')
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('visor query', () => {
  it.each(QUESTIONS)('%j is answered by a Visor that runs, and by the store alone', async (args, out) => {
    expect(answered.get(args.join(' '))).toBe(out)
    const alone = await visor(['query', ...args, '--store', store])
    expect(alone).toMatchObject({ out, exit: 0 })
  })

  it.each(REFUSED.map(([args, ...rest]) => [args.join(' ').slice(0, 50), args, ...rest] as const))(
    '%s is refused',
    async (_name, args, message, remedy = '') => {
      const outcome = await visor(['query', ...args, '--store', store])
      expect(outcome).toMatchObject({ exit: 2, out: '' })
      expect(outcome.err).toContain(message)
      expect(outcome.err).toContain(remedy)
      expect(refused.get(args.join(' '))).toBe(outcome.err)
      // Where a caret is spoken of, there is one.
      if (outcome.err.includes('The caret')) expect(outcome.err).toMatch(/\n *\^\n/)
    }
  )

  it('says when there are lines where it found none, and where there is no store', async () => {
    const { exit, out, err } = await visor(['query', 'status:999', '--store', store])
    expect([exit, out]).toEqual([0, ''])
    expect(err).toContain("The store's lines are from 2026-10-10T13:55:36Z to 2026-10-10T14:00:00Z.")
    const none = await visor(['query', '--store', join(folder, 'none')])
    expect([none.exit, none.err]).toEqual([1, expect.stringContaining('there is no store in')])
  })
})
