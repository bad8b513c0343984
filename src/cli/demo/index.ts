import { command } from '../command.ts'
import { demoOptions } from './options.ts'

/** `visor demo`: made-up traffic, watched live. */
export const demoCommand = command({
  name: 'demo',
  summary: 'watch made-up traffic live',
  description:
    'Write the access and error log of a made-up site and watch them live. ' +
    'All of it is in a temporary folder, which is gone at the end.',
  options: demoOptions,
  examples: [
    ['visor demo', 'live at http://127.0.0.1:7070'],
    ['visor demo --rate 5000 --port 0', 'busier, on any free port']
  ],
  run: async (_, options, context) => (await import('./run.ts')).runDemo(options, context)
})
