import { command } from '../command.ts'
import { drillOptions } from './options.ts'

/** `visor drill`: generator and monitor together, scored. */
export const drillCommand = command({
  name: 'drill',
  summary: 'run a scenario against the monitor and score what it found',
  description:
    "Write a scenario's logs and watch them, all in a temporary folder, and say of each incident how many lines the monitor " +
    'should have counted, how many it found, missed, and counted falsely, and how long it took from a bad line being written ' +
    'to its being counted; which alert rule found it, and after how long; which alerts were false, and how quickly they ' +
    'fired and were sent. Code 1 when anything was missed or false.',
  arguments: [['[scenario]', 'the scenario (docs/generator.md); calm traffic when not given']],
  options: drillOptions,
  examples: [
    ['visor drill incidents.yaml', 'in real time'],
    ['visor drill incidents.yaml --speed 60 --json', 'an hour in a minute, for other tools'],
    ['visor drill --calm --for 1h --speed 60', 'calm traffic alone: nothing may fire']
  ],
  run: async ([scenario], options, context) => (await import('./run.ts')).runDrill(scenario, options, context)
})
