import { beforeAll, describe, expect, it } from 'vitest'
import { formatFor } from '../formats/index.ts'
import { LineMaker } from '../generator/maker.ts'
import { MINUTE, SECOND, toMillis } from '../core/time.ts'
import { BOTH, composed, START } from '../generator/testing/made.ts'
import { alertsOptions, READY_MADE, rulesOf } from './options.ts'
import type { Alert } from './model.ts'
import { replayedLines } from './testing/replayed.ts'

const rules = rulesOf(alertsOptions.parse({}))
const ACCESS = formatFor('%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i" %D').text
const ERROR = formatFor('error24').text

/** Incidents, and the rules that find them: at least these. */
const INCIDENTS: readonly (readonly [incident: object, found: readonly string[]])[] = [
  [{ type: 'errors', for: '2m' }, ['server-errors-burst', 'server-errors', 'server-errors-some']],
  [{ type: 'bruteforce', for: '1m' }, ['password-guessing']],
  [{ type: 'message', for: '10s' }, ['server-crash', 'new-error']],
  [{ type: 'message', for: '10s', message: 'AH99999: the cache is gone' }, ['new-error']],
  [{ type: 'restart' }, []],
  [{ type: 'scanner', for: '2m' }, ['path-scan', 'not-found']],
  [{ type: 'slow', for: '3m' }, ['slow-page']],
  [{ type: 'silence', for: '2m' }, ['source-silent']],
  [{ type: 'flood', for: '5m' }, ['traffic']]
]

/** Minutes from the start to the first incident, and from one to the next. */
const [WARM, APART] = [20, 8]

describe('of made-up lines they find', () => {
  const fired: Alert[] = []
  const placed = INCIDENTS.map(([incident], i) => ({ ...incident, at: `${WARM + i * APART}m` }))

  beforeAll(async () => {
    const logs = [...BOTH].map(kind => ({
      kind,
      format: formatFor(kind === 'access' ? ACCESS : ERROR),
      framed: false
    }))
    // All has been watched for a day.
    const old = '[Wed Dec 30 23:00:00.000000 2025] [core:notice] [pid 1:tid 1] AH00094: httpd\n'
    const written = { access: [''], error: [old] }
    const { traffic } = composed({ rate: 10, incidents: placed }, 7)
    const maker = new LineMaker({ traffic, logs, limit: Infinity, zone: () => 0 })
    const seconds = (WARM + INCIDENTS.length * APART) * 60
    for (let at = START; at <= START + seconds * SECOND; at += 2 * SECOND)
      for (const { kind, lines } of maker.make(at)) written[kind].push(Buffer.from(lines.bytes).toString())
    fired.push(
      ...(await replayedLines(rules, [
        { name: 'access', text: written.access.join(''), format: ACCESS },
        { name: 'error', text: written.error.join(''), format: ERROR }
      ]))
    )
  })

  const during = (i: number): Alert[] => {
    const from = toMillis(START + (WARM + i * APART) * MINUTE)
    return fired.filter(({ fired = 0 }) => fired >= from && fired < from + toMillis(APART * MINUTE))
  }

  it.each(INCIDENTS.map(([incident, found], i) => [incident, found, i] as const))('%j: %j', (_, found, i) => {
    expect(during(i).map(({ rule }) => rule)).toEqual(expect.arrayContaining([...found]))
  })

  it('nothing at all in between, but errors that are new', () => {
    const known = INCIDENTS.flatMap((_, i) => during(i))
    expect(fired.filter(one => !known.includes(one) && one.rule !== 'new-error')).toEqual([])
    expect(during(4)).toEqual([])
  })
})

const access = (second: number, more: { path?: string; status?: number; micros?: number } = {}): string => {
  const { path = '/', status = 200, micros = 50_000 } = more
  return formatFor(ACCESS).print({
    time: START + second * 1e6,
    zone: 0,
    vhost: 'shop.example.com',
    port: 443,
    client: '192.0.2.1',
    ident: null,
    user: null,
    method: 'GET',
    path,
    query: null,
    protocol: 'HTTP/1.1',
    status,
    bytes_out: 100,
    referrer: null,
    agent: null,
    duration: micros
  })
}

const error = (second: number, level: string, message: string): string =>
  formatFor('error24').print({
    time: START + second * 1e6,
    zone: 0,
    module: 'core',
    level,
    pid: 1,
    tid: 1,
    message
  })

const seconds = <T>(count: number, make: (second: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i))

describe('of single lines they find', () => {
  it.each([
    ['secrets-served', [access(0, { path: '/shop/.env' })], ACCESS],
    ['grave-message', [error(0, 'alert', 'no space left on device')], ERROR],
    [
      'restarts',
      seconds(4, second =>
        error(60 * second, 'notice', 'AH00489: Apache configured -- resuming normal operations')
      ),
      ERROR
    ],
    ['slow', seconds(1400, second => access(second, { micros: second < 1200 ? 50_000 : 2_000_000 })), ACCESS],
    [
      'client-errors',
      seconds(200, second => access(second, { status: second % 2 === 0 ? 403 : 200 })),
      ACCESS
    ]
  ])('%s', async (rule, lines, format) => {
    const fired = await replayedLines(rules, [{ name: 'web', text: `${lines.join('\n')}\n`, format }])
    expect(fired.map(one => one.rule)).toContain(rule)
  })

  it.each([
    ['a probe that finds nothing', access(0, { path: '/.env', status: 404 })],
    ['a usual page', access(0, { path: '/environment' })]
  ])('nothing in %s', async (_, line) => {
    expect(await replayedLines(rules, [{ name: 'web', text: `${line}\n`, format: ACCESS }])).toEqual([])
  })
})

describe('each of them', () => {
  it.each(Object.entries(READY_MADE))('%s tells its type and a title', (_, { type, title }) => {
    expect([typeof type, typeof title]).toEqual(['string', 'string'])
  })
})
