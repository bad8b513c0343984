/** Random JSON programs and objects, right and wrong. */
import type { JsonMember, JsonStep } from '../../core/program.ts'
import { below, pick, type Random } from './random.ts'

const NAMES = ['a', 'b', 'inner', 'ts', 'long name of a member', 'é', ''] as const

/** A json step with members of random paths. */
export function randomJson(random: Random): JsonStep {
  const paths = new Map<string, string[]>()
  for (let i = 1 + below(random, 8); i > 0; i--) {
    const path = Array.from({ length: 1 + below(random, 3) }, () => pick(random, NAMES))
    paths.set(JSON.stringify(path), path)
  }
  const [first = [], ...others] = paths.values()
  const time: JsonMember = {
    path: first,
    step: {
      op: 'timestamp',
      field: 'time',
      ...(random() < 0.3 && { since: pick(random, ['s', 'ms', 'us', 'ns']) })
    }
  }
  const members = others.map((path, i): JsonMember => {
    const step = randomStep(i, random)
    return { path, step, ...(step.op !== 'timestamp' && random() < 0.2 && { required: true }) }
  })
  return { op: 'json', members: random() < 0.5 ? [time, ...members] : [...members, time] }
}

function randomStep(i: number, random: Random): JsonMember['step'] {
  const field = `field${i}`
  const text = { until: '', quoted: false } as const
  return pick<JsonMember['step']>(random, [
    { op: 'text', field, ...text },
    { op: 'number', field, scale: pick(random, [1, 1e6, 1e3, 1e-3]) },
    { op: 'address', field, port: `${field}_port`, until: '' },
    { op: 'chain', field, rest: `${field}_rest`, ...text },
    i === 0 ? { op: 'request', ...text } : { op: 'text', field, ...text },
    i === 1 ? { op: 'timestamp', field: 'time_end' } : { op: 'number', field, scale: 1 }
  ])
}

const TIMES = [
  '"2000-10-10T13:55:36.123456789-07:00"',
  '"2000-10-10 13:55:36,5 +0000"',
  '"2000-02-30T13:55:36Z"',
  '"2000-10-10T13:55:36"',
  '"2000-10-10T13:55:36+14"',
  '"10/Oct/2000:13:55:36 -0700"',
  '"10/Oct/2000:13:55:36 -070"',
  '1646861401.5241024',
  '1646861401524',
  '1646861401524102',
  '"1646861401524102400"',
  '9223372036854775807',
  '99999999999999999999',
  '0',
  '-1'
] as const

const PLAIN = ['"a"', '""', '"-"', '"GET /a?b HTTP/1.1"', '3'] as const
const VALUES = [
  '"a"',
  '""',
  '"-"',
  '"GET /a?b HTTP/1.1"',
  '"10.0.0.1:80"',
  '"10.0.0.1, 10.0.0.2"',
  '"\\u00e9\\n\\"é"',
  '"\\x41"',
  '"tab\t"',
  '"open',
  'null',
  'true',
  'false',
  'nul',
  '0',
  '-0',
  '01',
  '-',
  '12',
  '0.000929675',
  '1.5e3',
  '2E-7',
  '-3.25e+2',
  '123456789012345678901234567890',
  '1e400',
  '1.',
  '"200"',
  '"1.5"',
  '[]',
  '["x", "y"]',
  '[1, {"a": 2}]',
  '["x" "y"]',
  '{}',
  '[[[{}]]]'
] as const

/** An object that a json step may have been meant for, one character a byte. */
export function randomObject(step: JsonStep, random: Random): string {
  const blank = (): string => (random() < 0.1 ? pick(random, [' ', '\t', '  ', ' \r ']) : '')
  const value = (member: JsonMember): string => {
    if (random() < 0.03) return '['.repeat(60 + below(random, 10)) + ']'.repeat(60 + below(random, 10))
    if (member.step.op === 'timestamp') return random() < 0.8 ? TIMES[0] : pick(random, TIMES)
    if (member.step.op === 'number' && random() < 0.9)
      return pick(random, ['12', '0.000929675', '"200"', 'null'])
    return random() < 0.8 ? '"word"' : pick(random, VALUES)
  }
  const object = (members: readonly JsonMember[], depth: number): string => {
    const names = Map.groupBy(members, ({ path }) => path[depth] ?? '')
    const pieces = Array.from(names, ([name, all]) => {
      const own = all.find(({ path }) => path.length === depth + 1)
      const deeper = all.filter(member => member !== own)
      const inner = own && (deeper.length === 0 || random() < 0.3) ? value(own) : object(deeper, depth + 1)
      return `${blank()}${JSON.stringify(name)}${blank()}:${blank()}${inner}${blank()}`
    })
    if (random() < 0.1) pieces.reverse()
    if (random() < 0.2) pieces.splice(below(random, pieces.length + 1), 0, `"other":${pick(random, PLAIN)}`)
    if (random() < 0.05) pieces.push(...pieces.slice(0, 1))
    return `{${pieces.join(',')}${random() < 0.01 ? ',' : ''}}`
  }
  return Buffer.from(`${blank()}${object(step.members, 0)}${blank()}`).toString('latin1')
}
