import { Option, type Command } from 'commander'
import { visible } from '../../core/visible.ts'
import { print, type Context } from '../context.ts'
import { checkAppend } from '../files.ts'
import { addExamples, durationOption, formatOptions, wholeNumber } from '../options.ts'
import type { WatchOptions } from '../settings.ts'

/** `visor watch`: the daemon. */
export function watchCommand(program: Command, context: Context): void {
  const [format, zone] = formatOptions()
  const command = program
    .command('watch')
    .summary('follow logs and serve the live page')
    .description(
      'Follow logs and serve the live page. Without targets, what the configuration names is watched. ' +
        'Every line counts exactly once, also over restarts; SIGINT, SIGTERM or SIGHUP end it cleanly with code 0.'
    )
    .argument(
      '[target...]',
      'log files, quoted patterns, or addresses such as tcp://HOST:PORT (docs/sources.md), instead of the sources of the configuration; - is standard input'
    )
    .option('-c, --config <file>', 'the configuration; searched for when not given')
    .addOption(format)
    .addOption(zone)
    .addOption(
      new Option(
        '--from <where>',
        'where to begin with files never seen before (default: beginning)'
      ).choices(['beginning', 'end'])
    )
    .option('--host <address>', 'address of the page (default: 127.0.0.1)')
    .option(
      '-p, --port <port>',
      'port of the page, 0 for any free one (default: 7070)',
      wholeNumber(0, 65_535)
    )
    .option('--no-page', 'serve no page; print a status line every second instead')
    .option('-o, --output <file>', "append each closed window's results to this file, one line of JSON each")
    .option('--store <folder>', 'where lines, counts and positions are kept')
    .option('--no-store', 'keep nothing: no page, no history, no position to go on from')
    .addOption(durationOption('--window <duration>', 'length of a window (default: 10s)', '1s', '1h'))
    .addOption(
      durationOption(
        '--lateness <duration>',
        'how long a window waits for late lines (default: 1m)',
        '0s',
        '1d'
      )
    )
    .action((targets: string[], options: WatchOptions) => watch(targets, options, context))
  addExamples(command, [
    ['visor watch /var/log/apache2/access.log', 'one log, live at http://127.0.0.1:7070'],
    ["visor watch '/var/log/apache2/*.log' --from end --port 8080", 'a pattern, new lines only'],
    ['visor watch syslog://0.0.0.0:5514', 'what others send as syslog messages'],
    [
      'visor watch access.log --no-page --output results.jsonl',
      'no server: a status line, and results in a file'
    ],
    ['visor watch --config visor.yaml', 'what the configuration names']
  ])
}

async function watch(targets: string[], options: WatchOptions, context: Context): Promise<void> {
  const { settingsFor } = await import('../settings.ts')
  const config = settingsFor(targets, options, context.env)
  if (options.output !== undefined) checkAppend(options.output)
  const [{ startApp }, { follow }] = await Promise.all([import('../../app/index.ts'), import('../follow.ts')])
  const store = options.store !== false
  const app = await startApp(config, {
    store,
    clock: Date.now,
    stdout: context.stdout,
    ...(options.output !== undefined && { output: options.output })
  })
  const names = Object.keys(config.sources).map(visible).join(', ')
  await print(context.stdout, `visor: watching ${names}\n`)
  if (app.address !== undefined) await print(context.stdout, `visor: live at ${app.address}\n`)
  await follow(app, context)
}
