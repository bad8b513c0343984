import { Command as CommanderCommand } from 'commander'
import { actsCommand } from './acts/index.ts'
import { alertsCommand } from './alerts/index.ts'
import { auditCommand } from './audit/index.ts'
import { checkCommand } from './check/index.ts'
import { completionCommand } from './completion/index.ts'
import { demoCommand } from './demo/index.ts'
import { doctorCommand } from './doctor/index.ts'
import { drillCommand } from './drill/index.ts'
import { forgetCommand } from './forget/index.ts'
import { formatsCommand } from './formats/index.ts'
import { generateCommand } from './generate/index.ts'
import { initCommand } from './init/index.ts'
import { loginCommand } from './login/index.ts'
import { parseCommand } from './parse/index.ts'
import { parityCommand } from './parity/index.ts'
import { queryCommand } from './query/index.ts'
import { reloadCommand } from './reload/index.ts'
import { relayCommand } from './relay/index.ts'
import { reportCommand } from './report/index.ts'
import { sourcesCommand } from './sources/index.ts'
import { sparkCommand } from './spark/index.ts'
import { storeCommand } from './store/index.ts'
import { tokenCommand } from './token/index.ts'
import { watchCommand } from './watch/index.ts'
import { version } from '../version.ts'
import { addCommand, addHelp, type Command, type CommandGroup } from './command.ts'
import type { Context } from './context.ts'

/** All commands, in the order that the help shows them. A new one is a folder and a line here. */
export const COMMANDS: readonly (Command | CommandGroup)[] = [
  initCommand,
  watchCommand,
  reloadCommand,
  relayCommand,
  reportCommand,
  queryCommand,
  sourcesCommand,
  auditCommand,
  alertsCommand,
  actsCommand,
  loginCommand,
  tokenCommand,
  parseCommand,
  demoCommand,
  generateCommand,
  drillCommand,
  sparkCommand,
  checkCommand,
  doctorCommand,
  storeCommand,
  forgetCommand,
  parityCommand,
  formatsCommand,
  completionCommand
]

/** The command line of Visor. Errors are thrown, not printed. */
export function createProgram(context: Context): CommanderCommand {
  const program = new CommanderCommand('visor')
    .description('Real-time web-server log monitor.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .configureOutput({
      writeOut: text => context.stdout.write(text),
      getOutHelpWidth: () => context.stdout.columns ?? 100,
      getErrHelpWidth: () => context.stdout.columns ?? 100,
      // Of a group of commands of which none is named.
      writeErr: text => context.stdout.write(text),
      outputError: () => {}
    })
    .addHelpText('after', '\nDocumentation of a command: visor COMMAND --help')
  for (const declared of COMMANDS) addCommand(program, declared, context)
  addHelp(program)
  return program
}
