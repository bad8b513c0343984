import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { addExamples, wholeNumber } from '../options.ts'

/** `visor demo`: made-up traffic, watched live. */
export function demoCommand(program: Command, context: Context): void {
  const command = program
    .command('demo')
    .summary('watch made-up traffic live')
    .description(
      'Write the access and error log of a made-up site and watch them live. ' +
        'All of it is in a temporary folder, which is gone at the end.'
    )
    .option('--host <address>', 'address of the page', '127.0.0.1')
    .option('-p, --port <port>', 'port of the page, 0 for any free one', wholeNumber(0, 65_535), 7070)
    .option('-r, --rate <lines>', 'lines a second, on average', wholeNumber(1, 100_000), 50)
    .action((options: { host: string; port: number; rate: number }) => demo(options, context))
  addExamples(command, [
    ['visor demo', 'live at http://127.0.0.1:7070'],
    ['visor demo --rate 5000 --port 0', 'busier, on any free port']
  ])
}

async function demo(options: { host: string; port: number; rate: number }, context: Context): Promise<void> {
  const { runDemo } = await import('./run.ts')
  await runDemo(options, context)
}
