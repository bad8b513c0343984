import type { Command } from 'commander'
import type { ExplainOptions } from './explain.ts'
import type { RuleTrialOptions } from './test-rule.ts'
import type { Context } from '../context.ts'
import { formatOptions, storeOptions } from '../options.ts'

/** What tries rules and receivers: `visor alerts test-receiver`, `test-rule` and `explain`. */
export function addTrials(command: Command, context: Context): void {
  const [format, zone] = formatOptions()
  storeOptions(
    command
      .command('test-receiver')
      .description(
        'Send a test notification now, and tell how that went. Code 1 when anybody did not get it.'
      )
  )
    .argument('<name>', 'the receiver, as the configuration calls it')
    .action(async (name: string, options: { store?: string; config?: string }) => {
      const { testReceiver } = await import('./test-receiver.ts')
      await testReceiver(name, options, context)
    })
  command
    .command('test-rule')
    .description(
      'Evaluate a rule over logs that are read in, by a clock that follows the times of their lines: when it would have fired, ' +
        'how often a day, and with which limit it would fire hardly ever. Nothing is stored, nobody is told.'
    )
    .argument('<rule>', 'a rule of the configuration, or a ready-made one')
    .requiredOption('--replay <file...>', 'log files, plain or gzip, read together in order of time')
    .addOption(format)
    .addOption(zone)
    .option('-c, --config <file>', 'the configuration; searched for when not given')
    .option('--json', 'print it as JSON')
    .action(async (name: string, options: RuleTrialOptions) => {
      const { testRule } = await import('./test-rule.ts')
      await testRule(name, options, context)
    })
  storeOptions(
    command
      .command('explain')
      .description(
        'Ask the Visor that runs on the store what it knows of a rule, and why it fires or does not.'
      )
  )
    .argument('<rule>', 'the rule')
    .option('--json', 'print it as JSON')
    .action(async (name: string, options: ExplainOptions) => {
      const { explainRule } = await import('./explain.ts')
      await explainRule(name, options, context)
    })
}
