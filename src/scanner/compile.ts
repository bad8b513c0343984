import {
  columnsOf,
  DETAILS,
  flatten,
  innerOf,
  isTimeStep,
  type Program,
  type Step,
  type TimeField,
  type TimePart
} from '../core/program.ts'
import { Flag } from '../core/batch.ts'
import { VisorError } from '../core/errors.ts'
import type { Kernel } from './module.ts'
import { place, type Placed } from './place.ts'

/** Numbers of the steps in the kernel (kernel/program.ts). */
const KIND: Record<Step['op'], number> = {
  literal: 0,
  text: 1,
  number: 2,
  request: 3,
  target: 4,
  address: 5,
  clf: 6,
  ctime: 7,
  timepart: 8,
  group: 9,
  chain: 10,
  timestamp: 12,
  json: 13
}

/** A number with digits behind a point. */
const DECIMAL = 11
/** A name on the way to members of JSON. */
const NAME = 14

/** The timeparts in the kernel's order (kernel/time.ts). */
const PARTS: readonly TimePart[] = [
  'year',
  'month',
  'monthName',
  'day',
  'dayPadded',
  'hour',
  'minute',
  'second',
  'weekdayName',
  'milli',
  'micro',
  'zone',
  'dayOfYear',
  'seconds',
  'millis',
  'micros',
  'yearOfCentury',
  'monthFull',
  'weekdayFull',
  'hourPadded',
  'hour12',
  'hour12Padded',
  'meridiem',
  'zoneColon',
  'zulu',
  'weekdayFromMonday',
  'weekdayFromSunday',
  'meridiemLower'
]

const QUOTED = 1
const LAST = 2
const WORD = 4
const OR_END = 8
const REQUIRED = 16
const OR_EMPTY = 32
const EDGE = 64
const LIST = 128
const TIMED = 256
const HEADED = 512

/** The units of a timestamp, from 1 on. */
const UNITS: readonly string[] = ['s', 'ms', 'us', 'ns']

/** A column in the kernel: the address that it knows it by. */
export interface CompiledColumn {
  readonly name: string
  readonly type: 'text' | 'number'
  readonly address: number
}

/** The columns that lines of a program fill, `time_end` and `details` among them. @throws VisorError INTERNAL for two types. */
export function columnTypes(program: Program): Map<string, 'text' | 'number'> {
  const types = new Map<string, 'text' | 'number'>()
  const all = columnsOf(program.steps)
  if (timesOf(program).has('time_end')) all.push({ name: 'time_end', type: 'number' })
  if (program.continued) all.push({ name: DETAILS, type: 'text' })
  for (const { name, type } of all) {
    if ((types.get(name) ?? type) !== type) {
      throw new VisorError('INTERNAL', `the program fills ${name} as text and as number`)
    }
    types.set(name, type)
  }
  return types
}

/** Which times a program gives. */
export function timesOf(program: Program): Set<TimeField> {
  return new Set(flatten(program.steps).flatMap(step => (isTimeStep(step) ? [step.field] : [])))
}

/**
 * Whether the fields cannot say how a line was written: a field that is filled twice, or a group that fills none
 * itself, so that nothing shows whether it was there.
 */
export function isAmbiguous(program: Program): boolean {
  const names = columnsOf(program.steps).map(column => column.name)
  if (new Set(names).size < names.length) return true
  return flatten(program.steps).some(
    step => step.op === 'group' && columnsOf(step.steps.filter(inner => inner.op !== 'group')).length === 0
  )
}

/** Writes a program into the kernel as its next slot and gives its columns in order. */
export function compile(program: Program, kernel: Kernel): CompiledColumn[] {
  const columns = Array.from(columnTypes(program), ([name, type]) => ({
    name,
    type,
    address: kernel.addColumn(type === 'text')
  }))
  const addressOf = new Map(columns.map(column => [column.name, column.address]))
  const addresses = ({ step }: Placed): number[] =>
    !step || innerOf(step).length > 0 ? [] : columnsOf([step]).map(column => addressOf.get(column.name) ?? 0)
  for (const placed of place(program.steps, 0)) addStep(placed, addresses(placed), kernel)
  const { continued, directivePrefix } = program
  kernel.addSlot(
    isAmbiguous(program) ? Flag.notCanonical : 0,
    timesOf(program).has('time'),
    addressOf.get('time_end') ?? 0,
    continued ? (addressOf.get(DETAILS) ?? 0) : 0
  )
  for (const byte of Buffer.from(continued?.opening ?? '')) kernel.addOpening(byte)
  if (directivePrefix !== undefined)
    kernel.setDirectivePrefix(write(Buffer.from(directivePrefix), kernel), Buffer.byteLength(directivePrefix))
  return columns
}

/** Gives the kernel the texts with which lines begin that go on no other. */
export function setAlones(programs: readonly Program[], kernel: Kernel): void {
  const texts = programs.flatMap(({ continued }) => continued?.alone ?? []).map(text => Buffer.from(text))
  if (texts.length === 0) return
  kernel.setAlones(
    write(Buffer.concat([...texts.flatMap(text => [Buffer.of(text.length), text]), Buffer.of(0)]), kernel)
  )
}

/** Puts bytes into the kernel's memory for as long as it lives; gives their address. */
function write(bytes: Uint8Array, kernel: Kernel): number {
  const address = bytes.length > 0 ? kernel.buffer(bytes.length) : 0
  new Uint8Array(kernel.memory.buffer).set(bytes, address)
  return address
}

function addStep(placed: Placed, [a = 0, b = 0, c = 0, d = 0, e = 0]: number[], kernel: Kernel): void {
  const { step, index, inner, skip, name, required } = placed
  const text = Buffer.from(name ?? textOf(step))
  const address = write(text, kernel)
  const scale = step?.op === 'number' ? step.scale : 1
  const timeField = step && 'field' in step && step.field === 'time_end' ? 1 : 0
  const mode = modeOf(step) | (required ? REQUIRED : 0)
  const detail = detailOf(step)
  kernel.addStep(
    index,
    kindOf(placed),
    mode,
    address,
    text.length,
    skip,
    scale,
    timeField,
    detail,
    inner,
    a,
    b,
    c,
    d,
    e
  )
}

function kindOf({ step, name }: Placed): number {
  if (!step) return NAME
  return step.op === 'number' && step.decimals !== undefined && name === undefined ? DECIMAL : KIND[step.op]
}

function textOf(step: Step | undefined): string {
  if (step?.op === 'literal') return step.text
  return step && 'until' in step ? step.until : ''
}

function modeOf(step: Step | undefined): number {
  const edge = step && 'edge' in step && step.edge ? EDGE : 0
  const quoted = (step && 'quoted' in step && step.quoted ? QUOTED : 0) | edge
  if (step?.op !== 'text') return quoted
  const word = (step.word ? WORD : 0) | (step.word === 'orEmpty' ? OR_EMPTY : 0)
  const end =
    (step.last ? LAST : 0) | (step.orEnd ? OR_END : 0) | (step.list ? LIST : 0) | (step.timed ? TIMED : 0)
  return quoted | word | end | (step.headed ? HEADED : 0)
}

function detailOf(step: Step | undefined): number {
  switch (step?.op) {
    case 'ctime':
      return step.fraction
    case 'number':
      return step.decimals ?? 0
    case 'timepart':
      return PARTS.indexOf(step.part)
    case 'timestamp':
      return UNITS.indexOf(step.since ?? '') + 1
    default:
      return 0
  }
}
