/** Programs as the formats write them, and random ones. */
import type { Program, Step, TextStep, TimePart } from '../../core/program.ts'
import { randomJson } from './json.ts'
import { below, pick, type Random } from './random.ts'

const text = (field: string, until: string, quoted = false): Step => ({ op: 'text', field, until, quoted })
const number = (field: string, scale = 1): Step => ({ op: 'number', field, scale })
const literal = (value: string): Step => ({ op: 'literal', text: value })

const common: readonly Step[] = [
  text('client', ' '),
  literal(' '),
  text('ident', ' '),
  literal(' '),
  { op: 'text', field: 'user', until: ' [', quoted: false, timed: true },
  literal(' ['),
  { op: 'clf', field: 'time' },
  literal('] "'),
  { op: 'request', until: '" ', quoted: true },
  literal('" '),
  number('status'),
  literal(' '),
  number('bytes')
]

/** Programs as the formats write them. */
export const PROGRAMS = {
  common: { zoned: true, steps: common },
  combined: {
    zoned: true,
    steps: [
      ...common,
      literal(' "'),
      text('referrer', '" "', true),
      literal('" "'),
      text('agent', '"', true),
      literal('"')
    ]
  },
  vhost: { zoned: true, steps: [text('vhost', ':'), literal(':'), number('port'), literal(' '), ...common] },
  error22: {
    zoned: false,
    steps: [
      literal('['),
      { op: 'ctime', field: 'time', fraction: 0 },
      literal('] ['),
      text('level', '] '),
      literal('] '),
      { op: 'group', steps: [literal('[client '), text('client', '] '), literal('] ')] },
      { op: 'text', field: 'message', until: ', referer: ', quoted: false, last: true },
      { op: 'group', steps: [literal(', referer: '), text('referrer', '')] }
    ]
  },
  error24: {
    zoned: false,
    steps: [
      literal('['),
      { op: 'ctime', field: 'time', fraction: 6 },
      literal('] ['),
      text('module', ':'),
      literal(':'),
      text('level', '] '),
      literal('] '),
      {
        op: 'group',
        steps: [
          literal('[pid '),
          number('pid'),
          { op: 'group', steps: [literal(':tid '), number('tid')] },
          literal('] ')
        ]
      },
      {
        op: 'group',
        steps: [
          literal('[client '),
          { op: 'address', field: 'client', port: 'client_port', until: '] ' },
          literal('] ')
        ]
      },
      { op: 'text', field: 'message', until: ', referer: ', quoted: false, last: true },
      { op: 'group', steps: [literal(', referer: '), text('referrer', '')] }
    ]
  }
} as const satisfies Record<string, Program>

const SETS: readonly [readonly TimePart[], ...(readonly TimePart[])[]] = [
  ['year', 'month', 'day', 'hour', 'minute', 'second', 'zone'],
  ['weekdayName', 'monthName', 'dayPadded', 'hour', 'minute', 'second', 'micro', 'year'],
  ['year', 'dayOfYear', 'hour', 'minute', 'milli', 'zone'],
  ['year', 'month', 'day', 'dayOfYear', 'hour', 'minute'],
  ['seconds', 'milli'],
  ['millis', 'zone'],
  ['micros'],
  ['weekdayFull', 'day', 'monthFull', 'yearOfCentury', 'hour12', 'minute', 'second', 'meridiem', 'zone'],
  ['year', 'month', 'day', 'hour12Padded', 'minute', 'meridiem', 'zoneColon'],
  ['year', 'month', 'day', 'hourPadded', 'minute', 'second', 'milli', 'zoneColon'],
  ['year', 'month', 'day', 'seconds', 'micro', 'zone'],
  ['weekdayFromMonday', 'day', 'month', 'year', 'hour12', 'minute', 'second', 'meridiemLower', 'zone'],
  ['weekdayFromSunday', 'year', 'dayOfYear', 'hour', 'minute', 'second']
]

/** Ways in which a text may end. */
function endings(until: string, quoted: boolean): readonly [Partial<TextStep>, ...Partial<TextStep>[]] {
  const plain: Partial<TextStep>[] = quoted ? [] : [{ edge: true }]
  if (!quoted && until.startsWith(' ')) plain.push({ list: true })
  return [{}, {}, {}, { last: true }, { orEnd: true }, ...plain]
}

const SEPARATORS = [' ', '"', '] ', ', ', ':', '" "', '|', ' - ', '=', '\\'] as const

function randomTimes(field: 'time' | 'time_end', random: Random): Step[] {
  const shape = below(random, 4)
  if (shape === 0) return [{ op: 'clf', field }, literal(' ')]
  if (shape === 1) return [{ op: 'ctime', field, fraction: pick(random, [0, 3, 6]) }, literal(' ')]
  return pick(random, SETS).flatMap((part): Step[] => [
    { op: 'timepart', field, part },
    literal(pick(random, SEPARATORS))
  ])
}

/** A program of random steps, with fields of unique names. */
export function randomProgram(random: Random): Program {
  if (random() < 0.15) return { steps: [randomJson(random)], zoned: true }
  const steps: Step[] = []
  let fields = 0
  const separator = (): string => pick(random, SEPARATORS)
  const times = (field: 'time' | 'time_end'): Step[] => randomTimes(field, random)
  const step = (): Step[] => {
    const field = `field${fields++}`
    const until = separator()
    const quoted = random() < 0.4
    const last = pick(random, endings(until, quoted))
    const shape = below(random, 11)
    if (shape === 9) {
      const decimal = pick(random, [
        { scale: 1e6, decimals: 3 },
        { scale: 1, decimals: 2 },
        { scale: 1e3, decimals: 0 }
      ])
      return [{ op: 'number', field, ...decimal }, literal(until)]
    }
    if (shape === 10) return [{ op: 'chain', field, rest: `${field}_rest`, until, quoted }, literal(until)]
    if (shape === 0) return [number(field, pick(random, [1, 1000, 1e6])), literal(until)]
    if (shape === 1) return [{ op: 'address', field, port: `${field}_port`, until }, literal(until)]
    if (shape === 2) return [literal(until), text(field, until, quoted), literal(until)]
    if (shape === 3) return [literal('?'), number(field), literal(until)]
    return [{ op: 'text', field, until, quoted, ...last }, literal(until)]
  }
  const some = (least: number, most: number): Step[] =>
    Array.from({ length: least + below(random, most - least + 1) }, step).flat()
  const before = (): Step[] => {
    const until = separator()
    const user: Step = { op: 'text', field: `field${fields++}`, until, quoted: false, timed: true }
    return random() < 0.4 ? [user, literal(until)] : []
  }
  steps.push(...some(0, 2), ...(random() < 0.8 ? [...before(), ...times('time')] : []), ...some(0, 1))
  const wanted = random()
  if (wanted < 0.4) steps.push({ op: 'request', until: '" ', quoted: true }, literal('" '))
  else if (wanted < 0.6) steps.push({ op: 'target', until: ' ', quoted: false }, literal(' '))
  if (random() < 0.5) {
    const inner =
      random() < 0.5 ? [{ op: 'group' as const, steps: [literal(separator()), ...some(0, 1)] }] : []
    const ended = random() < 0.3 ? times('time_end') : []
    const until = separator()
    if (random() < 0.4)
      steps.push({ op: 'text', field: `field${fields++}`, until, quoted: false, headed: true })
    steps.push({
      op: 'group',
      steps: [literal(until), ...some(0, 1), ...inner, ...ended, ...some(0, 1)]
    })
  } else if (random() < 0.3) steps.push(...times('time_end'))
  steps.push(...some(0, 2))
  if (random() < 0.7) steps.push({ op: 'text', field: 'rest', until: '', quoted: random() < 0.5 })
  return { steps, zoned: true }
}
