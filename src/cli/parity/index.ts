import { command } from '../command.ts'
import { parityOptions } from './options.ts'

/** `visor parity`: two engines over the same input, compared. */
export const parityCommand = command({
  name: 'parity',
  summary: 'run two engines over the same input and compare all they counted',
  description:
    'Read the same files or Kafka topics (up to their present end) with two engines and the same clock, and compare what they ' +
    'delivered: every rollup cell, what alert rules count, every line and every rejected line with its reason, counters and ' +
    'positions. Nothing is stored, and no offset of a consumer group is touched. Code 1 when anything differs.',
  arguments: [
    [
      '[target...]',
      'log files, or addresses such as kafka://HOST:PORT/TOPIC, instead of the sources of the configuration'
    ]
  ],
  options: parityOptions,
  examples: [
    ['visor parity access.log --connect sc://127.0.0.1:15002', 'the embedded engine and Spark over one log'],
    ['visor parity --config visor.yaml', 'over the files and topics of a configuration, with its rules'],
    ['visor parity access.log --engine-b embedded --json', 'an engine against itself, for other tools']
  ],
  run: async ([targets], options, context) => (await import('./run.ts')).runParity(targets, options, context)
})
