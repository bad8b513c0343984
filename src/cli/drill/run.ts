import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { VisorError } from '../../core/errors.ts'
import { SECOND_MS } from '../../core/time.ts'
import type { DrillOptions } from './options.ts'
import { jsonText, print, type Context } from '../context.ts'
import { sparkAt } from '../own-spark.ts'
import { readScenario } from '../scenario.ts'
import { play, type PlannedDrill } from './play.ts'
import { hasFailed, type Result } from './result.ts'
import { resultText } from './text.ts'

/** What follows the last incident of a scenario without a duration: rules may need a while. */
const REST = 15 * SECOND_MS

/** `visor drill`: writes and watches a scenario's logs, and prints how the monitor did. */
export async function runDrill(
  file: string | undefined,
  options: DrillOptions,
  context: Context
): Promise<void> {
  const scenario = scenarioOf(file, options)
  const folder = mkdtempSync(join(tmpdir(), 'visor-drill-'))
  try {
    const result = await played(scenario, folder, options, context)
    await print(context.stdout, options.json ? jsonText(result) : resultText(result))
    if (hasFailed(result)) context.exitCode = 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** On the engine that is asked for. */
async function played(
  planned: PlannedDrill,
  folder: string,
  options: DrillOptions,
  context: Context
): Promise<Result> {
  if (options.engine === 'embedded') return play(planned, folder, options, context)
  await using spark = await sparkAt(options.connect, context)
  return play(planned, folder, options, context, { type: options.engine, connect: spark.connect })
}

/** @throws VisorError SCENARIO for one that is of the first Visor, or has no end */
function scenarioOf(file: string | undefined, { calm, for: given }: DrillOptions): PlannedDrill {
  const read = readScenario(file)
  if (read.classic)
    throw new VisorError(
      'SCENARIO',
      `${file} is of the first Visor and names no incidents, so there is nothing to find`
    )
  const scenario = calm ? { ...read.scenario, incidents: [] } : read.scenario
  const ends = scenario.incidents.map(one => one.at + one.for + REST)
  const lasting = given ?? scenario.duration ?? Math.max(...ends)
  if (Number.isFinite(lasting)) return { scenario, lasting }
  throw new VisorError(
    'SCENARIO',
    `${file ?? 'calm traffic'} names no incidents and has no end: set one with --for`
  )
}
