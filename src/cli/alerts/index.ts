import type { Command } from 'commander'
import type { AcknowledgeOptions } from './acknowledge.ts'
import type { HistoryOptions } from './history.ts'
import type { ListOptions } from './list.ts'
import type { ShowOptions } from './show.ts'
import type { SilenceOptions, SilencesOptions } from './silences.ts'
import type { Context } from '../context.ts'
import { addExamples, durationOption, storeOptions, wholeNumber } from '../options.ts'
import { addTrials } from './trials.ts'

/** `visor alerts`: what fires and what became of it, and what people do about it. */
export function alertsCommand(program: Command, context: Context): void {
  const command = program
    .command('alerts')
    .summary('see, acknowledge and silence alerts; try rules and receivers')
    .description(
      'Alerts of a store, whether a Visor runs on it or not. Ids may be shortened to a beginning that only one has.'
    )
  addLooking(command, context)
  addActing(command, context)
  addTrials(command, context)
  addExamples(command, [
    ['visor alerts list', 'what fires'],
    ['visor alerts show server-errors-3f', 'one alert with its lines, history and deliveries'],
    [
      "visor alerts ack server-errors-3f --comment 'restarting the database'",
      'no reminders until it is over'
    ],
    [
      "visor alerts silence 'vhost:shop.example AND severity:warning' --for 2h --reason deployment",
      'nobody is told'
    ],
    ['visor alerts history --since 1d', 'what happened, and what became of each notification'],
    ['visor alerts test-receiver mail', 'a notification, now'],
    ['visor alerts test-rule server-errors --replay access.log access.log.*.gz', 'when it would have fired'],
    ['visor alerts explain server-errors', 'why it fires or does not']
  ])
}

function addLooking(command: Command, context: Context): void {
  storeOptions(command.command('list').description('Alerts that fire or are about to, the newest first.'))
    .option('-a, --all', 'those that are over, too')
    .option('--rule <name>', 'only of this rule')
    .option('-n, --limit <count>', 'so many at most', wholeNumber(1, 10_000), 100)
    .option('--json', 'print them as JSON')
    .action(async (options: ListOptions) => {
      const { listAlerts } = await import('./list.ts')
      await listAlerts(options, Date.now(), context)
    })
  storeOptions(command.command('show').description('One alert with evidence, history and deliveries.'))
    .argument('<id>', 'the alert')
    .option('--json', 'print it as JSON')
    .action(async (id: string, options: ShowOptions) => {
      const { showAlert } = await import('./show.ts')
      await showAlert(id, options, context)
    })
  storeOptions(
    command.command('history').description('What happened to alerts, and what became of notifications.')
  )
    .option('--rule <name>', 'only of this rule')
    .addOption(durationOption('--since <duration>', 'only so far back', '1s', '3650d'))
    .option('-n, --limit <count>', 'the newest, so many at most', wholeNumber(1, 10_000), 100)
    .option('--json', 'print it as JSON')
    .action(async (options: HistoryOptions) => {
      const { showHistory } = await import('./history.ts')
      await showHistory(options, Date.now(), context)
    })
  storeOptions(command.command('silences').description('Silences that last.'))
    .option('-a, --all', 'those that have ended, too')
    .option('--json', 'print them as JSON')
    .action(async (options: SilencesOptions) => {
      const { listSilences } = await import('./silences.ts')
      await listSilences(options, Date.now(), context)
    })
}

function addActing(command: Command, context: Context): void {
  storeOptions(
    command.command('ack').description('Take an alert on: nobody is reminded of it until it is over.')
  )
    .argument('<id>', 'the alert')
    .option('--comment <text>', 'what is done about it')
    .option('--owner <name>', 'who does it (default: $USER)')
    .option('--undo', 'take it back')
    .action(async (id: string, options: AcknowledgeOptions) => {
      const { acknowledge } = await import('./acknowledge.ts')
      await acknowledge(id, options, Date.now(), context)
    })
  storeOptions(
    command
      .command('silence')
      .description(
        'Tell nobody of alerts that a query over rule, severity and labels finds, or end such a silence.'
      )
  )
    .argument('[query]', "such as 'rule:path-scan' or 'client:10.0.0.*'")
    .addOption(durationOption('--for <duration>', 'how long', '1s', '365d'))
    .option('--reason <text>', 'why')
    .option('--author <name>', 'who says so (default: $USER)')
    .option('--end <id>', 'end this one now')
    .action(async (query: string | undefined, options: SilenceOptions) => {
      const { silence } = await import('./silences.ts')
      await silence(query, options, Date.now(), context)
    })
}
