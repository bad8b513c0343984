import { VisorError } from '../../core/errors.ts'
import { generate } from '../../generator/generate.ts'
import { LineMaker } from '../../generator/maker.ts'
import { Truth } from '../../generator/truth.ts'
import { SECOND, toMicros, toMillis, toSeconds, type Micros } from '../../core/time.ts'
import { formatCount } from '../../core/units.ts'
import { visible } from '../../core/visible.ts'
import { version } from '../../version.ts'
import { ReaderLeft } from '../../sinks/index.ts'
import type { GenerateOptions } from './options.ts'
import { jsonText, type Context } from '../context.ts'
import { checkAppend, writeText } from '../files.ts'
import { openOutputs, printWarnings, showProgress, type OpenLog } from './outputs.ts'
import { planGeneration, type GenerationPlan } from './plan.ts'
import { readScenario } from '../scenario.ts'

/** How far lines may be behind the clock at the end before that is reported. */
const MAX_BEHIND = SECOND

/** `visor generate`: plans, opens the sinks, generates, and prints how much is out. */
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
    throw new VisorError('USAGE', '--speed max has no end: set one with --for or --lines')
  const { signal, stdout, stderr } = context
  const outputs = await openOutputs(plan.logs, options, { signal, clock: Date.now, stdout })
  const warnings = printWarnings(outputs, context)
  const progress = showProgress(outputs, context)
  const truth = new Truth(plan.incidents)
  const due = dueOf(plan, options)
  let behind = 0
  const making = make(plan, options, outputs, truth, due, signal).then(made => {
    if (signal.aborted && options.speed !== Infinity) behind = due() - made
  })
  const failure = await failureOf(making)
  const closing = await failureOf(Promise.all(outputs.map(({ sink }) => sink.close())))
  warnings.stop()
  progress.stop()
  if (options.truth !== undefined) writeText(options.truth, manifestOf(plan, outputs, truth))
  for (const { kind, sink } of outputs)
    stderr.write(`visor: ${formatCount(sink.written)} lines of the ${kind} log in ${visible(sink.name)}\n`)
  if (behind > MAX_BEHIND)
    stderr.write(
      `visor: ${formatCount(Math.round(toSeconds(behind)))} s behind: lines are made or taken slower than they fall due\n`
    )
  const error = failure ?? closing
  if (error !== undefined && !(error instanceof ReaderLeft) && error !== signal.reason) throw error
}

/** What a piece of work failed with; `undefined` where it did not. */
function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error
  )
}

async function make(
  { traffic, zone, start, end }: GenerationPlan,
  { lines = Infinity, truth: wanted }: GenerateOptions,
  outputs: readonly OpenLog[],
  truth: Truth,
  due: () => Micros,
  signal: AbortSignal
): Promise<Micros> {
  const logs = outputs.map(({ kind, format, sink }) => ({ kind, format, framed: sink.framed }))
  const maker = new LineMaker({ traffic, logs, limit: lines, zone, ...(wanted !== undefined && { truth }) })
  const sinks = new Map(outputs.map(({ kind, sink }) => [kind, sink]))
  return generate({ maker, sinks, start, end, due, signal })
}

/** The time up to which lines are due: that of the clock, or one that began with the lines and goes at another speed. */
function dueOf({ start }: GenerationPlan, { speed }: GenerateOptions): () => Micros {
  if (speed === undefined) return () => toMicros(Date.now())
  const began = performance.now()
  return () => start + toMicros(performance.now() - began) * speed
}

/** The truth about a run, as JSON: docs/generator.md describes it. */
function manifestOf(
  { scenario, seed, start }: GenerationPlan,
  outputs: readonly OpenLog[],
  truth: Truth
): string {
  const written = Object.fromEntries(outputs.map(({ kind, sink }) => [kind, sink.written]))
  const { logs, incidents } = truth.manifest(written)
  const described = outputs.map(({ kind, format, sink }) => {
    return [kind, { target: sink.name, format: format.text, ...logs[kind] }] as const
  })
  const manifest = {
    visor: version,
    ...(scenario?.title !== undefined && { title: scenario.title }),
    seed,
    start: new Date(toMillis(start)).toISOString(),
    logs: Object.fromEntries(described),
    incidents
  }
  return jsonText(manifest)
}
