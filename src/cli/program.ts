import { Command } from 'commander'
import { alertsCommand } from './commands/alerts.ts'
import { checkCommand } from './commands/check.ts'
import { demoCommand } from './commands/demo.ts'
import { drillCommand } from './commands/drill.ts'
import { formatsCommand } from './commands/formats.ts'
import { generateCommand } from './commands/generate.ts'
import { initCommand } from './commands/init.ts'
import { parseCommand } from './commands/parse.ts'
import { queryCommand } from './commands/query.ts'
import { relayCommand } from './commands/relay.ts'
import { reportCommand } from './commands/report.ts'
import { watchCommand } from './commands/watch.ts'
import { version } from '../version.ts'
import type { Context } from './context.ts'

/** All commands, in the order that the help shows them. A new one is a file and a line here. */
const COMMANDS = [
  initCommand,
  watchCommand,
  relayCommand,
  reportCommand,
  queryCommand,
  alertsCommand,
  parseCommand,
  demoCommand,
  generateCommand,
  drillCommand,
  checkCommand,
  formatsCommand
]

/** The command line of Visor. Errors are thrown, not printed. */
export function createProgram(context: Context): Command {
  const program = new Command('visor')
    .description('Real-time web-server log monitor.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .exitOverride()
    .configureOutput({
      writeOut: text => context.stdout.write(text),
      getOutHelpWidth: () => context.stdout.columns ?? 100,
      writeErr: () => {},
      outputError: () => {}
    })
    .addHelpText('after', '\nDocumentation of a command: visor COMMAND --help')
  for (const add of COMMANDS) add(program, context)
  return program
}
