import { VisorError } from '../../core/errors.ts'
import type { Kind } from '../../core/fields.ts'
import type { Sink, SinkWorld } from '../../core/sink.ts'
import { generate } from '../../generator/generate.ts'
import { Truth } from '../../generator/truth.ts'
import { formatCount } from '../../reports/units.ts'
import { visible } from '../../reports/visible.ts'
import { openSink, ReaderLeft } from '../../sinks/index.ts'
import { version } from '../../version.ts'
import type { GenerateCommand } from '../commands/generate.ts'
import type { Context } from '../context.ts'
import { checkAppend, writeText } from '../files.ts'
import { planOf, type Plan, type PlannedLog } from './plan.ts'
import { readScenario } from './scenario.ts'

/** Milliseconds between two looks at what sinks have to say. */
const LOOK = 200

/** `visor generate`: plans, opens the sinks, generates, and tells what is out. */
export async function runGenerate(
  scenario: string | undefined,
  options: GenerateCommand,
  context: Context
): Promise<void> {
  const plan = planOf(readScenario(scenario), options, Date.now(), Math.floor(Math.random() * 2 ** 32))
  if (options.truth !== undefined) checkAppend(options.truth)
  if (options.speed === Infinity && plan.end === Infinity && options.lines === undefined)
    throw new VisorError('USAGE', '--speed max has no end: tell one with --for or --lines')
  const world = { signal: context.signal, clock: Date.now, stdout: context.stdout }
  const outputs = await openAll(plan.logs, options, world)
  const told = tellNotices(outputs, context)
  const truth = new Truth(plan.incidents)
  try {
    await generate({
      ...plan,
      outputs,
      limit: options.lines ?? Infinity,
      due: dueOf(plan, options),
      signal: context.signal,
      ...(options.truth !== undefined && { truth })
    })
  } catch (error) {
    if (!(error instanceof ReaderLeft) && error !== context.signal.reason) throw error
  } finally {
    await closeAll(outputs)
    told.stop()
    const written = Object.fromEntries(outputs.map(({ kind, sink }) => [kind, sink.written]))
    if (options.truth !== undefined)
      writeText(options.truth, manifestOf(plan, outputs, truth.manifest(written)))
    for (const { kind, sink } of outputs)
      context.stderr.write(
        `visor: ${formatCount(sink.written)} lines of the ${kind} log in ${visible(sink.name)}\n`
      )
  }
}

interface OpenLog extends PlannedLog {
  readonly sink: Sink
}

/** Opens all sinks, or none. */
async function openAll(
  logs: readonly PlannedLog[],
  { rotate, every, keep }: GenerateCommand,
  world: SinkWorld
): Promise<OpenLog[]> {
  const more = Object.fromEntries(
    Object.entries({ rotate, every, keep }).filter(([, value]) => value !== undefined)
  )
  const open: OpenLog[] = []
  try {
    for (const log of logs) open.push({ ...log, sink: await openSink(log.target, more, world) })
  } catch (error) {
    await closeAll(open)
    throw error
  }
  return open
}

async function closeAll(logs: readonly OpenLog[]): Promise<void> {
  await Promise.all(logs.map(({ sink }) => sink.close()))
}

/** The time up to which lines are due: that of the clock, or one that began with the lines and goes at another speed. */
function dueOf({ start }: Plan, { speed }: GenerateCommand): () => number {
  if (speed === undefined) return () => Date.now() * 1000
  const began = performance.now()
  return () => start + (performance.now() - began) * 1000 * speed
}

/** Tells what sinks have to say, as it comes up. */
function tellNotices(logs: readonly OpenLog[], { stderr }: Context): { stop: () => void } {
  const tell = (): void => {
    for (const { sink } of logs)
      for (const notice of sink.notices?.() ?? []) stderr.write(`visor: ${visible(notice)}\n`)
  }
  tell()
  const timer = setInterval(tell, LOOK)
  const stop = (): void => {
    clearInterval(timer)
    tell()
  }
  return { stop }
}

function manifestOf(plan: Plan, logs: readonly OpenLog[], truth: ReturnType<Truth['manifest']>): string {
  const about = (kind: Kind): object => {
    const { format, sink } = logs.find(log => log.kind === kind) ?? {}
    return { target: sink?.name, format: format?.text }
  }
  const described = Object.entries(truth.logs).map(([kind, log]) => [
    kind,
    { ...about(kind === 'access' ? 'access' : 'error'), ...log }
  ])
  const { title, seed, start } = plan
  const manifest = {
    visor: version,
    ...(title !== undefined && { title }),
    seed,
    start: new Date(start / 1000).toISOString(),
    logs: Object.fromEntries(described),
    incidents: truth.incidents
  }
  return `${JSON.stringify(manifest, null, 2)}\n`
}
