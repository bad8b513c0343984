import * as z from 'zod'
import { formatDuration, parseDuration } from '../../core/duration.ts'
import { keyOf, valuesOf } from '../../core/signal.ts'
import { MINUTE_MS, SECOND_MS, type Millis } from '../../core/time.ts'
import { counted, formatCount, formatSpan } from '../../core/units.ts'
import type { Health, SourceHealth } from '../health.ts'
import type { Unit } from '../model.ts'
import { formatValue } from '../units.ts'
import { ruleKind, type EvaluationContext } from './kind.ts'
import { evaluated, limitOf, share, unmeasured } from './limit.ts'

const NAMES = [
  'rejected',
  'silent',
  'lag',
  'held',
  'problem',
  'lost',
  'unread',
  'engine',
  'disk',
  'store',
  'state',
  'delivery'
] as const

type Name = (typeof NAMES)[number]

/** What is measured, in its unit, and what people read of it. */
interface Reading {
  readonly value: number
  readonly samples: number
  readonly what: string
}

/** One thing that may be wrong with Visor itself. */
interface Fault {
  readonly unit: Unit
  /** The limit when none is set, as people write it. */
  readonly over: string
  /** `undefined` where nothing is known. */
  source?(health: SourceHealth): Reading | undefined
  all?(health: Health): Reading | undefined
}

function span(ms: Millis | undefined, what: string): Reading | undefined {
  return ms === undefined
    ? undefined
    : { value: ms / SECOND_MS, samples: 0, what: `${what} ${formatSpan(ms)}` }
}

const FAULTS: Readonly<Record<Name, Fault>> = {
  rejected: {
    unit: 'share',
    over: '1%',
    source: ({ recent: { read, rejected } }) =>
      read === 0
        ? undefined
        : {
            value: rejected / read,
            samples: read,
            what: `${formatValue(rejected / read, 'share')} of ${formatCount(read)} lines in ${formatDuration(5 * MINUTE_MS)} do not follow the format`
          }
  },
  silent: { unit: 'seconds', over: '1d', source: ({ silent }) => span(silent, 'no line has come for') },
  lag: { unit: 'seconds', over: '30s', source: ({ lag }) => span(lag.ms, 'reading is behind by') },
  held: {
    unit: 'seconds',
    over: '30s',
    source: ({ held }) => span(held, 'reading waits for the store since')
  },
  problem: {
    unit: 'count',
    over: '0s',
    source: ({ problem }) => ({
      value: problem === undefined ? 0 : 1,
      samples: 0,
      what: problem ?? 'it is read'
    })
  },
  lost: {
    unit: 'count',
    over: '0s',
    source: ({ lost }) => lost && { value: lost.count, samples: 0, what: lost.text }
  },
  unread: {
    unit: 'seconds',
    over: '2m',
    source: ({ unread }) => span(unread?.for, unread?.text ?? '')
  },
  engine: {
    unit: 'seconds',
    over: '1m',
    all: ({ engine }) =>
      engine && { value: (engine.failing?.for ?? 0) / SECOND_MS, samples: 0, what: engineText(engine) }
  },
  disk: {
    unit: 'share',
    over: '95%',
    all: ({ disk }) =>
      disk && {
        value: 1 - disk.free / disk.size,
        samples: 0,
        what: `the disk of ${disk.folder} (mount point ${disk.mount}) is full to ${formatValue(1 - disk.free / disk.size, 'share')}, ${formatValue(disk.free, 'bytes')} are free`
      }
  },
  store: {
    unit: 'seconds',
    over: '10s',
    all: ({ store }) =>
      store
        ? {
            value: store.failing / SECOND_MS,
            samples: 0,
            what: `the store in ${store.folder} could not be written for ${formatSpan(store.failing)}, and reading waits: ${store.why}`
          }
        : { value: 0, samples: 0, what: 'the store can be written' }
  },
  state: {
    unit: 'count',
    over: '0s',
    all: ({ state }) => ({
      value: state === undefined ? 0 : 1,
      samples: 0,
      what: state ?? 'alerts and reports are remembered'
    })
  },
  delivery: {
    unit: 'seconds',
    over: '5m',
    all: ({ outbox: { waiting, oldest, why } }) =>
      span(
        waiting === 0 ? 0 : oldest,
        `${formatCount(waiting)} notifications wait${why === undefined ? '' : ` (${why})`}, the oldest since`
      )
  }
}

function engineText({ name, failing }: NonNullable<Health['engine']>): string {
  if (!failing) return `${name} works`
  const { attempts, message, detail } = failing
  return `${name} has failed for ${formatSpan(failing.for)}, ${counted(attempts, 'attempt')}: ${message}; ${detail}`
}

const options = z
  .strictObject({
    of: z
      .enum(NAMES)
      .describe(
        'What is watched, of each source: the share of lines that do not follow their format, silence, lag, waiting for the store, any problem in reading it, what of it is lost, or that a file has grown and is not read; or how long an engine that runs elsewhere has failed, how full the disk is, how long the store cannot be written, whether the memory of alerts and reports is in order, or how long notifications wait.'
      ),
    over: z
      .union([z.number(), z.string()])
      .optional()
      .describe('Fires over this: a share such as "1%", or a duration such as "30s".'),
    min: z.int().min(1).default(100).describe('How many lines there have to be for a share of them.')
  })
  .superRefine(({ of, over }, context) => {
    if (over === undefined || limitIn(FAULTS[of], over) !== undefined) return
    const example = FAULTS[of].unit === 'share' ? 'a share such as "5%"' : 'a duration such as "30s"'
    context.addIssue({
      code: 'custom',
      path: ['over'],
      message: FAULTS[of].over === '0s' ? 'expected no limit' : `expected ${example}`
    })
  })

/** Those whose limit tells nothing that their text does not. */
const SAYS_ALL: ReadonlySet<Name> = new Set(['problem', 'lost', 'engine', 'store', 'state'])

/** Something is wrong with Visor itself. */
export const health = ruleKind({
  name: 'health',
  summary: 'something is wrong with Visor itself or what it reads from',
  options,
  example: { 'unknown-lines': { type: 'health', of: 'rejected', over: '1%' } },
  without: ['where', 'by', 'window'],
  by: (_, { of }) => (isOfSource(of) ? ['source'] : []),
  signals: () => [],
  watched({ options: { of } }, { health }) {
    if (isOfSource(of)) return Array.from(health.sources.keys(), source => keyOf([source]))
    return of === 'engine' && !health.engine ? [] : ['']
  },
  evaluate(rule, known, key) {
    const { of, over, min } = rule.options
    const fault = FAULTS[of]
    const { unit } = fault
    const limit = limitOf({ over: limitIn(fault, over ?? fault.over) ?? 0 })
    const reading = readingOf(fault, known, key)
    if (!reading) return unmeasured('unknown', { limit: limit.at, unit }, 'nothing is known of it')
    const { value, samples, what } = reading
    if (unit === 'share' && fault.source && samples < min)
      return unmeasured('unknown', { limit: limit.at, unit, samples }, `${what}; too few to evaluate`)
    if (SAYS_ALL.has(of)) return { ...evaluated({ value, limit, unit, samples, what }), summary: what }
    return evaluated({ value, limit, unit, samples, what })
  }
})

function isOfSource(of: Name): boolean {
  return FAULTS[of].source !== undefined
}

function readingOf(fault: Fault, { health }: EvaluationContext, key: string): Reading | undefined {
  const source = health.sources.get(valuesOf(key)[0] ?? '')
  return fault.source ? source && fault.source(source) : fault.all?.(health)
}

/** A limit as people write it in the unit of its fault; `undefined` for what is none. */
function limitIn({ unit }: Fault, over: string | number): number | undefined {
  if (unit === 'share') return share.safeParse(over).data
  const ms = parseDuration(String(over))
  return ms === undefined ? undefined : ms / SECOND_MS
}
