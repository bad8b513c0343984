import type { Rejection } from '../core/batch.ts'
import { columnsOf, flatten, isTimeStep, type Program, type Step } from '../core/program.ts'
import { explain } from './explain.ts'
import { traceLine } from './reference.ts'

/** Bytes of a line and what a step made of them. */
export interface TracePiece {
  /** Which step, as rejections count them. */
  readonly step: number
  /** The first byte and the one behind the last, 0-based. */
  readonly from: number
  readonly to: number
  readonly text: string
  /** The fields that the bytes fill; none for fixed text. */
  readonly fields: readonly string[]
}

/** How a program goes through one line. */
export interface Trace {
  readonly pieces: readonly TracePiece[]
  /** Where and why it went no further. */
  readonly broken: { readonly step: number; readonly at: number; readonly reason: string } | undefined
}

/** Runs a program over one line, step by step. Optional pieces that are not there are left out. */
export function trace(program: Program, line: Uint8Array): Trace {
  const text = Buffer.from(line).toString('latin1')
  const steps = flatten(program.steps)
  const { taken, stop } = traceLine(program, text)
  const pieces = taken.map(({ step, from, to }) => ({
    step,
    from,
    to,
    text: Buffer.from(text.slice(from, to), 'latin1').toString(),
    fields: fieldsOf(steps[step])
  }))
  if (!stop) return { pieces, broken: undefined }
  const { reason, at, step } = stop
  const rejection: Rejection = { start: 0, length: line.length, reason, at, step, program: 0 }
  return { pieces, broken: { step, at, reason: explain(rejection, [program]) } }
}

function fieldsOf(step: Step | undefined): string[] {
  if (!step || step.op === 'literal' || step.op === 'group') return []
  if (isTimeStep(step)) return [step.field]
  return columnsOf([step]).map(({ name }) => name)
}
