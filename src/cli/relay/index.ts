import { command } from '../command.ts'
import { relayOptions } from './options.ts'

/** `visor relay`: lines from any source to Kafka, or to any other sink. */
export const relayCommand = command({
  name: 'relay',
  summary: 'move lines from any source to Kafka, or elsewhere',
  description:
    'Move lines from any source to Kafka, a TCP address or a file, as they are. The lines of one source keep their order (in ' +
    'Kafka they go to one partition, unless ?key=none is set). Where it has come to is kept in a file: after a ' +
    'crash some lines may be sent again, none is missed. SIGINT, SIGTERM or SIGHUP end it cleanly with code 0.',
  arguments: [
    ['[source...]', 'log files, quoted patterns, - or addresses, instead of the sources of the configuration']
  ],
  writesLogs: true,
  options: relayOptions,
  examples: [
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
  ],
  run: async ([sources], options, context) => (await import('./run.ts')).runRelay(sources, options, context)
})
