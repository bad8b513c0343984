import type { Kind } from '../../core/fields.ts'
import { VisorError } from '../../core/errors.ts'
import type { Format } from '../../core/format.ts'
import { formatFor, formatsFor } from '../../formats/index.ts'
import { cellStart, compose, composeClassic, type Composition } from '../../generator/compose.ts'
import { curveOptions, SHAPES } from '../../generator/curves.ts'
import type { Scenario } from '../../generator/scenario.ts'
import { zoneOffsets } from '../../core/zone.ts'
import { localZone } from '../../scanner/zone.ts'
import type { GenerateOptions } from './options.ts'
import type { ScenarioFile } from '../scenario.ts'

const FORMATS = { access: 'combined', error: 'error24' } as const

/** A log that is made: which, in which format, and its target. */
export interface PlannedLog {
  readonly kind: Kind
  readonly format: Format
  readonly target: string
}

/** What is made, where it goes, and when it begins and ends (microseconds since 1970; Infinity for no end). */
export interface GenerationPlan extends Composition {
  readonly logs: readonly PlannedLog[]
  readonly seed: number
  readonly start: number
  readonly end: number
  readonly zone: (time: number) => number
  /** Absent where a file of the first Visor tells what is made. */
  readonly scenario: Scenario | undefined
}

/**
 * Makes the plan of what was told in the scenario and on the command line, which counts for more. `now` is in milliseconds since
 * 1970, `chance` a seed for when none is told.
 * @throws VisorError USAGE, FORMAT
 */
export function planGeneration(
  told: ScenarioFile,
  options: GenerateOptions,
  now: number,
  chance: number
): GenerationPlan {
  const logs = logsOf(told, options)
  const scenario = told.classic ? undefined : outweighed(told.scenario, options)
  if (told.classic) refuse(options)
  const start = cellStart((options.start ?? now - (options.backfill ?? 0)) * 1000)
  const lasting = options.for ?? scenario?.duration
  const offset = zoneOffsets(options.zone ?? localZone())
  const zone = (time: number): number => offset(time / 1000)
  const seed = options.seed ?? scenario?.seed ?? chance
  const beginning = { seed, start, zone, kinds: new Set(logs.map(({ kind }) => kind)) }
  const composition = told.classic
    ? composeClassic(told.options, beginning)
    : compose(scenario ?? told.scenario, beginning)
  const end = lasting === undefined ? Infinity : cellStart(start + lasting * 1000)
  return { ...composition, logs, seed, start, end, zone, scenario }
}

/** The logs, that of the first output first. */
function logsOf(told: ScenarioFile, { mode, output, errors, format }: GenerateOptions): PlannedLog[] {
  const formats = formatsFor(format ?? FORMATS.access)
  const formatOf = (kind: Kind): Format =>
    formats.find(format => format.kind === kind) ?? formatFor(FORMATS[kind])
  const log = (kind: Kind, target: string): PlannedLog => ({ kind, format: formatOf(kind), target })
  const wanted =
    mode ?? (errors === undefined ? (told.classic && !told.options.access ? 'error' : 'access') : 'both')
  if (wanted === 'both') {
    if (errors === undefined)
      throw new VisorError(
        'USAGE',
        '--mode both writes two logs: name where the error log goes with --errors'
      )
    if (errors === output) throw new VisorError('USAGE', `both logs cannot go to ${output}`)
    return [log('access', output), log('error', errors)]
  }
  if (errors !== undefined)
    throw new VisorError(
      'USAGE',
      `--mode ${wanted} writes one log, which goes to --output; --errors is for both`
    )
  const other = formats.find(({ kind }) => kind !== wanted && format !== undefined)
  if (other)
    throw new VisorError(
      'USAGE',
      `--format ${other.name} is of ${other.kind} logs, and only the ${wanted} log is written`
    )
  return [log(wanted, output)]
}

/** The scenario with what the command line says. */
function outweighed(scenario: Scenario, options: GenerateOptions): Scenario {
  const { rate = scenario.rate, clients, choose } = options
  const shape = SHAPES.find(shape => shape === options.curve)
  return {
    ...scenario,
    rate,
    curve: shape ? curveOptions.parse({ shape }) : scenario.curve,
    clients: {
      ...scenario.clients,
      ...(clients !== undefined && { count: clients }),
      ...(choose !== undefined && { choose })
    }
  }
}

/** A file of the first Visor tells all of the content itself. */
function refuse(options: GenerateOptions): void {
  const misplaced = (['rate', 'curve', 'clients', 'choose'] as const).find(
    name => options[name] !== undefined
  )
  if (misplaced)
    throw new VisorError(
      'USAGE',
      `--${misplaced} is not for a configuration of the first Visor, which tells how often lines come`
    )
}
