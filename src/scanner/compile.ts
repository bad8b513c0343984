import {
  columnsOf,
  DETAILS,
  type Program,
  type Step,
  type TimeField,
  type TimePart
} from '../core/program.ts'
import { Flag } from '../core/batch.ts'
import { VisorError } from '../core/errors.ts'
import type { Kernel } from './module.ts'

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
  chain: 10
}

/** A number with digits behind a point. */
const DECIMAL = 11

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
  'zulu'
]

const QUOTED = 1
const LAST = 2
const WORD = 4
const OR_END = 8

/** A column in the kernel: the address that it knows it by. */
export interface CompiledColumn {
  readonly name: string
  readonly type: 'text' | 'number'
  readonly address: number
}

/** All steps in the order in which rejections count them. */
export function flatten(steps: readonly Step[]): Step[] {
  return steps.flatMap(step => (step.op === 'group' ? [step, ...flatten(step.steps)] : [step]))
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

/** Which times a program tells. */
export function timesOf(program: Program): Set<TimeField> {
  return new Set(
    flatten(program.steps).flatMap(step =>
      step.op === 'clf' || step.op === 'ctime' || step.op === 'timepart' ? [step.field] : []
    )
  )
}

/**
 * Whether the fields cannot tell how a line was written: a field that is filled twice, or a group that fills none
 * itself, so that nothing shows whether it was there.
 */
export function isAmbiguous(program: Program): boolean {
  const names = columnsOf(program.steps).map(column => column.name)
  if (new Set(names).size < names.length) return true
  return flatten(program.steps).some(
    step => step.op === 'group' && columnsOf(step.steps.filter(inner => inner.op !== 'group')).length === 0
  )
}

/** Writes a program into the kernel as its next form and gives its columns in order. */
export function compile(program: Program, kernel: Kernel): CompiledColumn[] {
  const columns = Array.from(columnTypes(program), ([name, type]) => ({
    name,
    type,
    address: kernel.addColumn(type === 'text')
  }))
  const addressOf = new Map(columns.map(column => [column.name, column.address]))
  const addresses = (step: Step): number[] =>
    step.op === 'group' ? [] : columnsOf([step]).map(column => addressOf.get(column.name) ?? 0)
  for (const step of place(program.steps, 0)) addStep(step, addresses(step.step), kernel)
  const { continued, remark } = program
  kernel.addForm(
    isAmbiguous(program) ? Flag.notCanonical : 0,
    timesOf(program).has('time'),
    addressOf.get('time_end') ?? 0,
    continued ? (addressOf.get(DETAILS) ?? 0) : 0
  )
  for (const byte of Buffer.from(continued?.opening ?? '')) kernel.addOpening(byte)
  if (remark !== undefined) kernel.setRemark(write(Buffer.from(remark), kernel), Buffer.byteLength(remark))
  return columns
}

/** Tells the kernel the texts with which lines begin that go on no other. */
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

/** A step as the kernel gets it: `inner` steps belong to a group, `skip` bytes behind a field are done with. */
interface Placed {
  readonly step: Step
  readonly index: number
  readonly inner: number
  readonly skip: number
}

/**
 * Steps in the kernel's order, counted from `index`. A literal that is just what ends the field before it is left
 * out, since it has been found already, and the field skips it.
 */
function place(steps: readonly Step[], index: number): Placed[] {
  const placed: Placed[] = []
  let ended = ''
  for (const [at, step] of steps.entries()) {
    const inner = step.op === 'group' ? place(step.steps, index + 1) : []
    const follower = steps[at + 1]
    const skipped = step.op === 'literal' && step.text === ended && ended !== ''
    ended = endOf(step)
    const skip = follower?.op === 'literal' && follower.text === ended ? Buffer.byteLength(ended) : 0
    if (!skipped) placed.push({ step, index, inner: inner.length, skip }, ...inner)
    index += 1 + (step.op === 'group' ? flatten(step.steps).length : 0)
  }
  return placed
}

/** The text that is sure to stand behind a step, as far as its field's end tells. */
function endOf(step: Step): string {
  return 'until' in step && !(step.op === 'text' && (step.last || step.orEnd)) ? step.until : ''
}

function addStep(placed: Placed, [a = 0, b = 0, c = 0, d = 0, e = 0]: number[], kernel: Kernel): void {
  const { step, index, inner, skip } = placed
  const text = Buffer.from(textOf(step))
  const address = write(text, kernel)
  const scale = step.op === 'number' ? step.scale : 1
  const timeField = 'field' in step && step.field === 'time_end' ? 1 : 0
  const detail = detailOf(step)
  kernel.addStep(
    index,
    step.op === 'number' && step.decimals !== undefined ? DECIMAL : KIND[step.op],
    modeOf(step),
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

function textOf(step: Step): string {
  if (step.op === 'literal') return step.text
  return 'until' in step ? step.until : ''
}

function modeOf(step: Step): number {
  const quoted = 'quoted' in step && step.quoted ? QUOTED : 0
  if (step.op !== 'text') return quoted
  return quoted | (step.last ? LAST : 0) | (step.word ? WORD : 0) | (step.orEnd ? OR_END : 0)
}

function detailOf(step: Step): number {
  if (step.op === 'ctime') return step.fraction
  if (step.op === 'number') return step.decimals ?? 0
  return step.op === 'timepart' ? PARTS.indexOf(step.part) : 0
}
