import { VisorError } from '../../core/errors.ts'
import { generate } from '../../generator/generate.ts'
import { LineMaker } from '../../generator/maker.ts'
import { Truth } from '../../generator/truth.ts'
import { formatCount } from '../../core/units.ts'
import { visible } from '../../core/visible.ts'
import { ReaderLeft } from '../../sinks/index.ts'
import type { GenerateOptions } from './options.ts'
import type { Context } from '../context.ts'
import { checkAppend, writeText } from '../files.ts'
import { manifestOf } from './manifest.ts'
import { openOutputs, printNotices, type OpenLog } from './outputs.ts'
import { planGeneration, type GenerationPlan } from './plan.ts'
import { showProgress } from './progress.ts'
import { readScenario } from '../scenario.ts'

/** How far lines may be behind the clock at the end before that is told, in microseconds. */
const BEHIND = 1e6

/** `visor generate`: plans, opens the sinks, generates, and tells what is out. */
export async function runGenerate(
  scenario: string | undefined,
  options: GenerateOptions,
  context: Context
): Promise<void> {
  const plan = planGeneration(
    readScenario(scenario),
    options,
    Date.now(),
    Math.floor(Math.random() * 2 ** 32)
  )
  if (options.truth !== undefined) checkAppend(options.truth)
  if (options.speed === Infinity && plan.end === Infinity && options.lines === undefined)
    throw new VisorError('USAGE', '--speed max has no end: tell one with --for or --lines')
  const { signal, stdout, stderr } = context
  const outputs = await openOutputs(plan.logs, options, { signal, clock: Date.now, stdout })
  const notices = printNotices(outputs, context)
  const progress = showProgress(outputs, context)
  const truth = new Truth(plan.incidents)
  const due = dueOf(plan, options)
  let behind = 0
  const failure = await failureOf(async () => {
    const made = await make(plan, options, outputs, truth, due, signal)
    if (signal.aborted && options.speed !== Infinity) behind = due() - made
  })
  const closing = await failureOf(() => Promise.all(outputs.map(({ sink }) => sink.close())))
  notices.stop()
  progress.stop()
  if (options.truth !== undefined) writeText(options.truth, manifestOf(plan, outputs, truth))
  for (const { kind, sink } of outputs)
    stderr.write(`visor: ${formatCount(sink.written)} lines of the ${kind} log in ${visible(sink.name)}\n`)
  if (behind > BEHIND)
    stderr.write(
      `visor: ${formatCount(Math.round(behind / 1e6))} s behind: lines are made or taken slower than they fall due\n`
    )
  const told = failure ?? closing
  if (told !== undefined && !(told instanceof ReaderLeft) && told !== signal.reason) throw told
}

/** What a piece of work failed with; `undefined` where it did not. */
async function failureOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work()
    return undefined
  } catch (error) {
    return error
  }
}

async function make(
  { traffic, zone, start, end }: GenerationPlan,
  { lines = Infinity, truth: wanted }: GenerateOptions,
  outputs: readonly OpenLog[],
  truth: Truth,
  due: () => number,
  signal: AbortSignal
): Promise<number> {
  const logs = outputs.map(({ kind, format, sink }) => ({ kind, format, framed: sink.framed }))
  const maker = new LineMaker({ traffic, logs, limit: lines, zone, ...(wanted !== undefined && { truth }) })
  const sinks = new Map(outputs.map(({ kind, sink }) => [kind, sink]))
  return generate({ maker, sinks, start, end, due, signal })
}

/** The time up to which lines are due: that of the clock, or one that began with the lines and goes at another speed. */
function dueOf({ start }: GenerationPlan, { speed }: GenerateOptions): () => number {
  if (speed === undefined) return () => Date.now() * 1000
  const began = performance.now()
  return () => start + (performance.now() - began) * 1000 * speed
}
