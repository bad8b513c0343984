import type { Kind } from '../../core/fields.ts'
import { VisorError } from '../../core/errors.ts'
import type { Format } from '../../core/format.ts'
import { toMicros, type Micros, type Millis } from '../../core/time.ts'
import { formatFor, formatsFor } from '../../formats/index.ts'
import { cellStart, compose, composeClassic, type Composition } from '../../generator/compose.ts'
import { curveOptions, SHAPES } from '../../generator/curves.ts'
import type { Scenario } from '../../generator/scenario.ts'
import type { GenerateOptions } from './options.ts'
import { offsetsOf } from '../made-up.ts'
import type { ScenarioFile } from '../scenario.ts'

const FORMATS = { access: 'combined', error: 'error24' } as const

/** A log that is made: which, in which format, and its target. */
export interface PlannedLog {
  readonly kind: Kind
  readonly format: Format
  readonly target: string
}

/** What is made, where it goes, and when it begins and ends (Infinity for no end). */
export interface GenerationPlan extends Composition {
  readonly logs: readonly PlannedLog[]
  readonly seed: number
  readonly start: Micros
  readonly end: Micros
  readonly zone: (time: Micros) => number
  /** Absent where a file of the first Visor has the content. */
  readonly scenario: Scenario | undefined
}

/**
 * The plan of a scenario and of the command line, which counts for more. `chance` is the seed where none is given.
 * @throws VisorError USAGE, FORMAT
 */
export function planGeneration(
  file: ScenarioFile,
  options: GenerateOptions,
  now: Millis,
  chance: number
): GenerationPlan {
  const logs = logsOf(file, options)
  const scenario = file.classic ? undefined : outweighed(file.scenario, options)
  if (file.classic) refuse(options)
  const start = cellStart(toMicros(options.start ?? now - (options.backfill ?? 0)))
  const lasting = options.for ?? scenario?.duration
  const zone = offsetsOf(options.zone)
  const seed = options.seed ?? scenario?.seed ?? chance
  const beginning = { seed, start, zone, kinds: new Set(logs.map(({ kind }) => kind)) }
  const composition = file.classic
    ? composeClassic(file.options, beginning)
    : compose(scenario ?? file.scenario, beginning)
  const end = lasting === undefined ? Infinity : cellStart(start + toMicros(lasting))
  return { ...composition, logs, seed, start, end, zone, scenario }
}

/** The logs, that of the first output first. */
function logsOf(file: ScenarioFile, { mode, output, errors, format }: GenerateOptions): PlannedLog[] {
  const formats = formatsFor(format ?? FORMATS.access)
  const formatOf = (kind: Kind): Format =>
    formats.find(format => format.kind === kind) ?? formatFor(FORMATS[kind])
  const log = (kind: Kind, target: string): PlannedLog => ({ kind, format: formatOf(kind), target })
  const wanted =
    mode ?? (errors === undefined ? (file.classic && !file.options.access ? 'error' : 'access') : 'both')
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

/** A file of the first Visor has all of the content itself. */
function refuse(options: GenerateOptions): void {
  const misplaced = (['rate', 'curve', 'clients', 'choose'] as const).find(
    name => options[name] !== undefined
  )
  if (misplaced)
    throw new VisorError(
      'USAGE',
      `--${misplaced} is not for a configuration of the first Visor, which has the times between lines itself`
    )
}
