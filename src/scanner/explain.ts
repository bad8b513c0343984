import type { Rejection } from '../core/batch.ts'
import { columnsOf, flatten, isTimeStep, type Program, type Step } from '../core/program.ts'

/** Why a line was rejected, for people; the column counts bytes from 1. */
export function explain(rejection: Rejection, programs: readonly Program[]): string {
  if (rejection.reason === 'long') return `longer than ${rejection.length} bytes`
  const steps = flatten(programs[rejection.program]?.steps ?? [])
  const step = steps[rejection.step]
  const before = steps.slice(0, rejection.step === -1 ? steps.length : rejection.step).findLast(nameOf)
  const after = before ? ` after ${nameOf(before)}` : ''
  return `column ${rejection.at + 1}: ${complaint(rejection, step, after)}`
}

function complaint({ reason }: Rejection, step: Step | undefined, after: string): string {
  const name = step ? nameOf(step) : undefined
  if (reason === 'literal' && step?.op === 'literal') return `expected ${JSON.stringify(step.text)}${after}`
  if (reason === 'json') return 'this is no JSON object'
  if (reason === 'missing' && step && !('until' in step && step.until !== '')) return `${name} is not there`
  if (reason === 'missing' && step && 'until' in step) {
    return `${name} has no end: ${JSON.stringify(step.until)} is missing`
  }
  if (reason === 'number') return `${name} is no number`
  if (reason !== 'time') return `expected the end of the line${after}`
  if (!step) return 'the line does not contain its whole time'
  return step.op === 'timepart' ? `${name} has no valid ${step.part}` : `${name} is no valid time`
}

/** The field that a step fills first. */
function nameOf(step: Step): string | undefined {
  if (step.op === 'request' || step.op === 'target') return 'request'
  if (isTimeStep(step)) return step.field
  return step.op === 'group' || step.op === 'json' ? undefined : columnsOf([step])[0]?.name
}
