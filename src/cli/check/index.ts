import type { Command } from 'commander'
import { print, type Context } from '../context.ts'
import { addExamples } from '../options.ts'

/** `visor check`: the configuration tried, nothing started and nothing changed. */
export function checkCommand(program: Command, context: Context): void {
  const command = program
    .command('check')
    .summary('try the configuration and show what it would watch')
    .description(
      'Read the configuration, open each file that it names, tell its format, and print what was found, the alert rules and the ' +
        'receivers too. Nothing is started, changed or sent. Code 2 when the configuration is wrong, 1 when a file cannot be ' +
        'read or a receiver cannot work as it is told.'
    )
    .option('-c, --config <file>', 'the configuration; searched for when not given')
    .action((options: { config?: string }) => check(options.config, context))
  addExamples(command, [
    ['visor check', 'the configuration that visor watch would find'],
    ['visor check --config visor.yaml', 'this one']
  ])
}

async function check(named: string | undefined, context: Context): Promise<void> {
  const { checkConfig } = await import('./run.ts')
  const { text, problems } = await checkConfig(named, context)
  await print(context.stdout, text)
  if (problems > 0) context.exitCode = 1
}
