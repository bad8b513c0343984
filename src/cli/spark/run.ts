import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { SECOND_MS } from '../../core/time.ts'
import { counted } from '../../core/units.ts'
import {
  lookAtKept,
  startKept,
  stopKept,
  type KeptRun,
  type KeptSpark,
  type KeptStatus
} from '../../local/kept.ts'
import { pause } from '../../system/abort.ts'
import { defaultState, type Environment } from '../../system/folders.ts'
import { printJson, printLines, type Context } from '../context.ts'
import { fetchingOf } from '../fetching.ts'
import type { StartOptions } from './options.ts'

/** `visor spark start`. */
export async function runStart(options: StartOptions, context: Context): Promise<void> {
  const { port, workers, cores, memory, token, foreground: tied = false } = options
  const size = { workers, cores: cores ?? (workers > 0 ? 1 : availableParallelism()), memory }
  const kafka = options.kafka && { kafka: options.kafkaPort }
  const others = { tied, ...kafka, ...(port > 0 && { port }), ...(token !== undefined && { token }) }
  const run = await startKept(folderOf(context.env), { ...size, ...others }, fetchingOf(context))
  await printLines(context, [...introduction(run), ...whatNow(run.kept, tied)])
  if (tied && run.own) await stay(run.own, context)
}

/** Waits for Ctrl+C, or for the end of one of the processes. */
async function stay(own: NonNullable<KeptRun['own']>, { env, signal }: Context): Promise<void> {
  try {
    for (;;) {
      await pause(SECOND_MS, signal)
      own.spark.check()
    }
  } finally {
    await stopKept(folderOf(env), new AbortController().signal)
  }
}

/** `visor spark status`. */
export async function showStatus({ json }: { readonly json?: true }, context: Context): Promise<void> {
  const status = await lookAtKept(folderOf(context.env), context.signal)
  if (!status?.answers) context.exitCode = 1
  if (json) await printJson(context, status ?? null)
  else await printLines(context, status ? statusLines(status) : [NONE, OTHERS])
}

/** `visor spark stop`. */
export async function runStop(context: Context): Promise<void> {
  const ended = await stopKept(folderOf(context.env), context.signal)
  await printLines(context, [
    ended === 0 ? NONE : ended === 1 ? 'one process has ended' : `${ended} processes have ended`
  ])
}

const NONE = 'no Spark of `visor spark start` runs'
const OTHERS = '`visor spark start` starts one; any other is tried by `visor check`, by its address'

function folderOf(env: Environment): string {
  return join(defaultState(env), 'spark')
}

function introduction({ kept, own }: KeptRun): string[] {
  const { version, connect, ui, kafka, logs } = kept
  return [
    `Spark ${version} ${own ? 'runs' : 'runs already'}: ${sizeText(kept)}`,
    `  address     ${connect}`,
    `  its pages   ${ui}`,
    ...(kafka === undefined ? [] : [`  Kafka       ${kafka}`]),
    `  logs        ${logs}`
  ]
}

function whatNow({ connect, kafka }: KeptSpark, stays: boolean): string[] {
  const source =
    kafka === undefined ? [] : [`  sources: { web: { type: kafka, brokers: ['${kafka}'], topics: [logs] } }`]
  return [
    '',
    'In the configuration:',
    `  engine: { type: spark, connect: '${connect}' }`,
    ...source,
    '',
    stays ? 'Ctrl+C ends it.' : '`visor spark status` tells how it does, `visor spark stop` ends it.'
  ]
}

function statusLines(status: KeptStatus): string[] {
  const { version, connect, ui, kafka, logs, kits, running, processes, executors, totalCores } = status
  const state = status.answers ? 'runs' : running > 0 ? 'does not answer' : 'has ended'
  const found =
    executors === undefined ? [] : [`  executors   ${executors}, with ${counted(totalCores ?? 0, 'core')}`]
  return [
    `Spark ${version} ${state}: ${sizeText(status)}`,
    `  address     ${connect}`,
    `  its pages   ${ui}`,
    ...(kafka === undefined ? [] : [`  Kafka       ${kafka}`]),
    `  processes   ${running} of ${processes}`,
    ...found,
    `  Visor's kit ${kits.join(', ') || 'not sent yet'}`,
    `  logs        ${logs}`,
    ...(status.answers
      ? []
      : ['`visor spark start` starts it again, `visor spark stop` removes what is left.'])
  ]
}

function sizeText({ workers, cores, memory }: KeptSpark): string {
  const size = `${counted(cores, 'core')} and ${memory} MiB`
  return workers === 0 ? `one process with ${size}` : `${counted(workers, 'worker')} with ${size} each`
}
