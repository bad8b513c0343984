import { command, type CommandGroup } from '../command.ts'
import { jsonOption } from '../options.ts'
import { startOptions } from './options.ts'

const start = command({
  name: 'start',
  description:
    'Starts Spark with Connect on this machine: one process, or with --workers a cluster of processes. Takes the Spark of SPARK_HOME ' +
    '(4.0 or newer); without it gets the official one once, by pip and Maven (500 MB). All of it listens on 127.0.0.1 alone.',
  options: startOptions,
  examples: [
    ['visor spark start', 'one process with all cores of this machine'],
    ['visor spark start --workers 2 --cores 1 --memory 1GiB', 'a master and two workers'],
    ['visor spark start --kafka', 'and a Kafka broker beside it']
  ],
  run: async (_, options, context) => (await import('./run.ts')).runStart(options, context)
})

const status = command({
  name: 'status',
  description: 'How the Spark that `visor spark start` has started does.',
  options: { json: jsonOption },
  run: async (_, options, context) => (await import('./run.ts')).showStatus(options, context)
})

const stop = command({
  name: 'stop',
  description:
    'Ends the Spark that `visor spark start` has started, and the broker beside it, with all that was in them.',
  options: {},
  run: async (_, __, context) => (await import('./run.ts')).runStop(context)
})

/** `visor spark`: a Spark on this machine, to try the Spark engine with. */
export const sparkCommand: CommandGroup = {
  name: 'spark',
  description: 'Spark on this machine: start it, see how it does, stop it.',
  commands: [start, status, stop]
}
