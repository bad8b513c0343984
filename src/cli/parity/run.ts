import { randomUUID } from 'node:crypto'
import { Alerting } from '../../alerts/alerting.ts'
import { rulesOf } from '../../alerts/options.ts'
import { planOf } from '../../app/plan.ts'
import { loadConfig } from '../../config/load.ts'
import type { Config } from '../../config/schema.ts'
import { VisorError } from '../../core/errors.ts'
import { DAY } from '../../core/time.ts'
import type { EnginePlan } from '../../counting/plan.ts'
import { ENGINES } from '../../engines/index.ts'
import type { EngineOptions } from '../../engines/kind.ts'
import { areEqual, compareRuns } from '../../engines/parity/compare.ts'
import {
  contenderOf,
  EMBEDDED,
  PATIENCE,
  runToEnd,
  type Contender,
  type Ran
} from '../../engines/parity/run.ts'
import { CLEAR_LINE, printJson, printLines, type Context } from '../context.ts'
import { configuredSources, namedSources } from '../settings.ts'
import { sparkAt, type UsedSpark } from '../own-spark.ts'
import { inputEnd } from './ends.ts'
import type { ParityOptions } from './options.ts'
import { parityText, type ParityResult } from './text.ts'

/** Runs both engines, prints what was compared; code 1 where anything differs. */
export async function runParity(
  targets: readonly string[],
  options: ParityOptions,
  context: Context
): Promise<void> {
  const { config } = loadConfig(context.env, options.config)
  const sources =
    targets.length > 0 ? namedSources(targets, options) : configuredSources(config, options, context.env)
  const engine = await engineFor(config, options, context)
  await using _ = engine
  const result = await parityOf(
    { ...config, sources },
    { ...options, ...(engine.connect !== undefined && { connect: engine.connect }) },
    context
  )
  if (options.json) await printJson(context, result)
  else await printLines(context, parityText(result))
  if (!result.equal) context.exitCode = 1
}

/** Where Spark is, if it is one of the two: the address that is given or configured, else one of its own. */
async function engineFor(
  { engine }: Config,
  { engineA, engineB, connect }: ParityOptions,
  context: Context
): Promise<Partial<UsedSpark> & AsyncDisposable> {
  const isWanted = [engineA, engineB].includes(SPARK) && engine.type !== SPARK
  return isWanted ? sparkAt(connect, context) : { ...(connect !== undefined && { connect }), ...NOTHING }
}

const SPARK = 'spark'
const NOTHING: AsyncDisposable = { [Symbol.asyncDispose]: async () => {} }

async function parityOf(
  config: Config,
  { engineA, engineB, connect, shown }: ParityOptions,
  context: Pick<Context, 'signal' | 'stderr'>
): Promise<ParityResult> {
  const [a, b] = [engineA, engineB].map(type => contender(type, config, connect))
  const now = Date.now()
  const end = await inputEnd(planFor(config).sources)
  const run = async (one: Contender, plan: EnginePlan): Promise<Ran> => {
    const { signal, stderr } = context
    const onProgress = (done: number, total: number, status?: string): void => {
      const share = total === 0 ? 100 : Math.floor((100 * done) / total)
      if (stderr.isTTY)
        stderr.write(`${CLEAR_LINE}${one.name}: ${share} % read${status ? `, ${status}` : ''}`)
    }
    return runToEnd(one, plan, {
      now,
      end,
      signal,
      patience: PATIENCE,
      onProgress: (done, total, status) => onProgress(done, total, status?.detail)
    }).finally(() => stderr.isTTY && stderr.write(CLEAR_LINE))
  }
  const plan = planFor(config)
  const [first, second] = [await run(a!, plan), await run(b!, planFor(config))]
  const categories = compareRuns(first.delivered, second.delivered, {
    limit: plan.limit,
    signals: plan.signals,
    lines: { a: a!.lines, b: b!.lines },
    shown
  })
  const engines = [
    { name: a!.name, ...summary(first) },
    { name: b!.name, ...summary(second) }
  ] as const
  const complete = first.complete && second.complete
  const grown = !(await inputEnd(plan.sources)).equals(end)
  const some = engines.some(({ lines }) => lines > 0)
  return { engines, limit: plan.limit, categories, grown, equal: complete && some && areEqual(categories) }
}

function summary({ delivered, took, complete, problems }: Ran) {
  return { lines: delivered.read, took, complete, problems }
}

/** The engine of a type: as it is configured where it is that of the configuration, else by its address alone. */
function contender(type: string, { engine }: Config, connect: string | undefined): Contender {
  if (type === EMBEDDED.name) return EMBEDDED
  const kind = ENGINES.find(({ name }) => name === type)
  if (!kind)
    throw new VisorError(
      'USAGE',
      `there is no engine ${type}; there are ${ENGINES.map(({ name }) => name).join(', ')}`
    )
  if (engine.type === type && connect === undefined) return contenderOf(kind, engine)
  const { data, error } = kind.options.safeParse(connect === undefined ? {} : { connect, lines: true })
  if (data) return contenderOf(kind, { type, ...data })
  if (connect === undefined)
    throw new VisorError('USAGE', `--connect says where ${type} is, such as sc://127.0.0.1:15002`)
  throw new VisorError('USAGE', error.issues.map(({ message }) => `--connect: ${message}`).join('\n'))
}

const FOREVER = 100 * 366 * DAY

/** What is to be read and counted, with what the rules of the configuration ask for; by a new consumer group each time. */
function planFor(config: Config): EnginePlan {
  const { signals } = new Alerting({
    rules: rulesOf(config.alerts),
    receivers: [],
    maxLateness: config.alerts.maxLateness,
    delay: 0,
    saved: { alerts: [], groups: [], receivers: [], silences: [] }
  })
  // Rules forget old lines, and logs to be compared are old.
  const all = signals.map(signal => ({ ...signal, back: FOREVER }))
  const plan = planOf(config, new Map(), undefined, all)
  const sources = plan.sources.map(source => ({ ...source, options: readWhole(source.options) }))
  return { ...plan, sources }
}

/** All that is there, whatever was read before. */
function readWhole(options: EngineOptions): EngineOptions {
  if (options.type === 'file') return { ...options, from: 'beginning' }
  const start = options['start'] === 'latest' ? 'earliest' : options['start']
  return options.type === 'kafka' ? { ...options, start, group: `visor-parity-${randomUUID()}` } : options
}
