import { InvalidArgumentError, type Command } from 'commander'
import { addExamples, durationOption, wholeNumber } from '../options.ts'
import type { Context } from '../context.ts'

/** What `visor drill` is told. */
export interface DrillCommand {
  readonly speed: number
  /** Milliseconds, as below. */
  readonly warmUp: number
  readonly for?: number
  readonly calm?: true
  readonly seed?: number
  readonly json?: true
}

/** `visor drill`: generator and monitor together, scored. */
export function drillCommand(program: Command, context: Context): void {
  const command = program
    .command('drill')
    .summary('run a scenario against the monitor and score what it found')
    .description(
      "Write a scenario's logs and watch them, all in a temporary folder, and say of each incident how many lines the monitor " +
        'should have counted, how many it found, missed, and counted falsely, and how long it took from a bad line being written ' +
        'to its being counted; which alert rule found it, and after how long; which alerts were false, and how quickly they ' +
        'fired and were sent. Code 1 when anything was missed or false.'
    )
    .argument('[scenario]', 'the scenario (docs/generator.md); calm traffic when not given')
    .option('--calm', 'leave its incidents out: no alert may fire')
    .addOption(durationOption('--for <duration>', 'end after so long a time of the scenario', '1s', '30d'))
    .addOption(
      durationOption(
        '--warm-up <duration>',
        'how much calm traffic is written before, at once, so that it is known what is usual',
        '0s',
        '7d'
      ).default(65 * 60_000, '65m')
    )
    .option('--speed <times>', 'how many times as fast as the clock time goes', speed, 1)
    .option('--seed <number>', 'the same seed gives the same lines', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option('--json', 'print the scores as JSON')
    .action((scenario: string | undefined, options: DrillCommand) => drill(scenario, options, context))
  addExamples(command, [
    ['visor drill incidents.yaml', 'in real time'],
    ['visor drill incidents.yaml --speed 60 --json', 'an hour in a minute, for other tools'],
    ['visor drill --calm --for 1h --speed 60', 'calm traffic alone: nothing may fire']
  ])
}

function speed(text: string): number {
  const value = /^\d{1,5}(\.\d{1,3})?$/.test(text) ? Number(text) : NaN
  if (value >= 0.1 && value <= 10_000) return value
  throw new InvalidArgumentError('Expected a number from 0.1 to 10000.')
}

async function drill(scenario: string | undefined, options: DrillCommand, context: Context): Promise<void> {
  const { runDrill } = await import('./run.ts')
  await runDrill(scenario, options, context)
}
