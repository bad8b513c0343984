import { setTimeout as delay } from 'node:timers/promises'
import type { App, startApp } from '../../app/index.ts'
import type { Config } from '../../config/schema.ts'
import { isLoopback } from '../../core/address.ts'
import { VisorError } from '../../core/errors.ts'
import { SECOND_MS } from '../../core/time.ts'
import { visible } from '../../core/visible.ts'
import { unbracketed } from '../../server/hosts.ts'
import { command } from '../command.ts'
import { print, type Context } from '../context.ts'
import { checkAppend } from '../files.ts'
import type { Log } from '../log.ts'
import { printingBeside } from '../printer.ts'
import { watchOptions, type WatchOptions } from './options.ts'
import type { Settings } from './settings.ts'

/** How often a start that waits for room on the disk is tried. */
const ROOM_INTERVAL = 2 * SECOND_MS

/** `visor watch`: the daemon. */
export const watchCommand = command({
  name: 'watch',
  summary: 'follow logs and serve the live page',
  description:
    'Follow logs and serve the live page. Without targets, what the configuration names is watched; where there is none, what visor init finds is offered. ' +
    'Every line counts exactly once, also over restarts; SIGINT and SIGTERM end it cleanly with code 0, SIGHUP has it take its configuration anew (`visor reload`).',
  arguments: [
    [
      '[target...]',
      'log files, quoted patterns, or addresses such as tcp://HOST:PORT (docs/sources.md), instead of the sources of the configuration; - is standard input'
    ]
  ],
  options: watchOptions,
  examples: [
    ['visor watch /var/log/apache2/access.log', 'one log, live at http://127.0.0.1:7070'],
    ["visor watch '/var/log/apache2/*.log' --from end --port 8080", 'a pattern, new lines only'],
    ['visor watch syslog://0.0.0.0:5514', 'what others send as syslog messages'],
    [
      'visor watch access.log --no-page --output results.jsonl',
      'no server: a status line, and results in a file'
    ],
    ['visor watch --config visor.yaml', 'what the configuration names']
  ],
  run: ([targets], options, context) =>
    printingBeside(context, (beside, prints) => watch(targets, options, beside, prints))
})

async function watch(
  targets: readonly string[],
  options: WatchOptions,
  context: Context,
  prints: () => readonly string[]
): Promise<void> {
  if (targets.length === 0 && options.config === undefined) {
    const { offerFound } = await import('./offer.ts')
    await offerFound(context)
  }
  const [{ settingsFor }, { loadLogFormat }, { ownLog, tellFailures }] = await Promise.all([
    import('./settings.ts'),
    import('../../config/load.ts'),
    import('../log.ts')
  ])
  const read = (): Settings => settingsFor(targets, options, context.env)
  tellFailures(context, loadLogFormat(context.env, options.config))
  const settings = read()
  const log = ownLog(settings.config.log, context)
  const { output } = options
  if (output !== undefined) checkAppend(output)
  await run(
    settings,
    { store: options.store !== false, prints, reload: () => read().config, output },
    context,
    log
  )
}

type AppOptions = Pick<Parameters<typeof startApp>[1], 'store' | 'prints' | 'reload'>

/** Watches until the context's signal aborts. */
async function run(
  { config, file }: Settings,
  { output, ...options }: AppOptions & { readonly output: string | undefined },
  context: Context,
  log: Log
): Promise<void> {
  const [{ startApp }, { follow }, { followConfiguration, reloadedText }] = await Promise.all([
    import('../../app/index.ts'),
    import('../follow.ts'),
    import('./reload.ts')
  ])
  const start = (): Promise<App> =>
    startApp(config, {
      ...options,
      clock: Date.now,
      stdout: context.stdout,
      reloaded: changed =>
        log({ level: 'info', component: 'configuration', text: reloadedText({ changed }) }),
      ...(output !== undefined && { output })
    })
  const app = await onceThereIsRoom(start, log, context.signal)
  const reports = Object.keys(config.reports)
  if (!options.store && reports.length > 0)
    log({
      level: 'warn',
      component: 'reports',
      text: `no reports are made without a store (${reports.join(', ')})`
    })
  const names = Object.keys(config.sources).map(visible).join(', ')
  await print(context.stdout, `visor: watching ${names}\n`)
  if (app.address !== undefined)
    await print(context.stdout, `visor: live at ${app.address}\n${reachText(config, app.address)}`)
  followConfiguration(app, { file, isFollowed: config.reload === 'on-change' }, context)
  await follow(app, context, log)
}

/** What is to be known of a page that others than this machine reach. */
function reachText({ page: { host, url } }: Config, address: string): string {
  if (isLoopback(unbracketed(host))) return ''
  const links =
    url === undefined
      ? `; links in messages lead to ${address}, unless page.url says where people reach it`
      : ''
  return `visor: the page listens on ${visible(host)} and asks everybody for a token${links}\n`
}

/** What a start comes to: on a full disk it waits for room, as a running Visor does, and says so. It gives up when it is to end. */
async function onceThereIsRoom(start: () => Promise<App>, log: Log, signal: AbortSignal): Promise<App> {
  for (let waits = false; ; waits = true) {
    try {
      return await start()
    } catch (error) {
      if (!(error instanceof VisorError && error.code === 'DISK_FULL') || signal.aborted) throw error
      if (!waits)
        log({
          level: 'error',
          component: 'store',
          code: error.code,
          text: `the start waits for room, nothing is lost: ${error.message}`
        })
      await delay(ROOM_INTERVAL, undefined, { signal }).catch(() => {})
      if (signal.aborted) throw error
    }
  }
}
