import { Option, type Command } from 'commander'
import type { Context } from '../context.ts'
import { addExamples } from '../options.ts'

/** What `visor relay` is told. */
export interface RelayCommand {
  readonly to: string
  readonly config?: string
  readonly from?: 'beginning' | 'end'
  readonly state?: string
}

/** `visor relay`: lines from any source to Kafka, or to any other sink. */
export function relayCommand(program: Command, context: Context): void {
  const command = program
    .command('relay')
    .summary('move lines from any source to Kafka, or elsewhere')
    .description(
      'Move lines from any source to Kafka, a TCP address or a file, as they are. The lines of one source keep their order (in ' +
        'Kafka they go to one partition, unless ?key=none says otherwise). Where it has come to is kept in a file: after a ' +
        'crash some lines may be sent again, none is missed. SIGINT, SIGTERM or SIGHUP end it cleanly with code 0.'
    )
    .argument(
      '[source...]',
      'log files, quoted patterns, - or addresses, instead of the sources of the configuration'
    )
    .requiredOption('-t, --to <target>', 'where lines go, such as kafka://127.0.0.1:9092/logs')
    .option('-c, --config <file>', 'the configuration; searched for when not given')
    .addOption(
      new Option(
        '--from <where>',
        'where to begin with files never seen before (default: beginning)'
      ).choices(['beginning', 'end'])
    )
    .option('--state <file>', 'where it is kept how far relaying has come; beside the store when not given')
    .action((sources: string[], options: RelayCommand) => relay(sources, options, context))
  addExamples(command, [
    [
      "visor relay '/var/log/apache2/*.log' --to kafka://127.0.0.1:9092/logs",
      'log files to Kafka, as they grow'
    ],
    [
      'visor relay tcp-listen://127.0.0.1:5555 --to kafka://127.0.0.1:9092/logs?compression=lz4',
      'what comes over TCP'
    ],
    ['visor relay kafka://127.0.0.1:9092/logs --to copy.log', 'back into a file'],
    ['visor relay --config visor.yaml --to kafka://127.0.0.1:9092/logs', 'all sources of the configuration']
  ])
}

async function relay(sources: string[], options: RelayCommand, context: Context): Promise<void> {
  const { runRelay } = await import('./run.ts')
  await runRelay(sources, options, context)
}
