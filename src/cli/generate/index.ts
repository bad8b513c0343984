import { command } from '../command.ts'
import { generateOptions } from './options.ts'

/** `visor generate`: made-up logs with known truth. */
export const generateCommand = command({
  name: 'generate',
  summary: 'write made-up logs, with the truth about them',
  description:
    'Write the access and error log of a made-up site, at any rate, with incidents that a scenario names, and a manifest of ' +
    'what was really made. The scenario is a file (docs/generator.md), or a configuration of the first Visor. ' +
    'Lines go to a file, standard output (-), tcp://HOST:PORT, tcp-listen://HOST:PORT or kafka://HOST:PORT/TOPIC; ' +
    'who cannot take them holds them back, none is dropped. Options go before what the scenario says.',
  arguments: [['[scenario]', 'the scenario; a calm site when not given']],
  writesLogs: true,
  options: generateOptions,
  examples: [
    ['visor generate --rate 100 -o access.log', 'a hundred requests a second, until stopped'],
    ['visor generate -o access.log -e error.log --backfill 7d --for 7d', 'the past seven days, at once'],
    [
      'visor generate --lines 1000000 --speed max --seed 1 --start 2026-01-01 > big.log',
      'a million lines, always the same'
    ],
    [
      'visor generate incidents.yaml -o access.log -e error.log --truth truth.json',
      'incidents, and what is true of them'
    ],
    ['visor generate -o access.log --rotate gzip --every 10MB', 'rotated while it is written'],
    ['visor generate --curve spike -o tcp-listen://127.0.0.1:5555', 'waits for readers, with peaks'],
    ['visor generate --rate 100000 -o kafka://127.0.0.1:9092/logs', 'to Kafka']
  ],
  run: async ([scenario], options, context) =>
    (await import('./run.ts')).runGenerate(scenario, options, context)
})
