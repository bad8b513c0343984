import { CommanderError, type Command } from 'commander'
import { constants } from 'node:os'
import { isatty } from 'node:tty'
import { ERRORS, knownError, VisorError } from '../core/errors.ts'
import type { Millis } from '../core/time.ts'
import { visible } from '../core/visible.ts'
import { defaultCache, defaultState, type Environment } from '../system/folders.ts'
import { keepPrivate, makePrivate } from '../system/private.ts'
import type { Context } from './context.ts'
import { createProgram } from './program.ts'

/** Runs a command line; returns the exit code. Nothing is thrown, all is printed on the context's outputs. */
export async function main(args: readonly string[], context: Context): Promise<number> {
  const program = createProgram(context)
  try {
    await program.parseAsync(args.length === 0 ? ['--help'] : args, { from: 'user' })
    return context.exitCode
  } catch (error) {
    if (isStop(error, context.signal)) return stopCode(context.signal.reason)
    const command = commandOf(program, args)
    const { text, exit } = failureOf(error, command, context)
    context.stderr.write(text)
    return exit
  }
}

/** The command that was asked for, with the one below it where it has such: `alerts show`; '' for none. */
function commandOf(program: Command, [name, ...rest]: readonly string[]): string {
  const found = program.commands.find(command => command.name() === name)
  return found ? `${found.name()} ${commandOf(found, rest)}`.trimEnd() : ''
}

/** Whether an error is only how a command ended that was asked to. */
function isStop(error: unknown, { aborted, reason }: AbortSignal): boolean {
  return aborted && (error === reason || (error instanceof Error && error.name === 'AbortError'))
}

/** The shell's code for a process that a signal ended. */
function stopCode(signal: unknown): number {
  const known = Object.entries(constants.signals).find(([name]) => name === signal)
  return 128 + (known?.[1] ?? constants.signals.SIGINT)
}

/** One stroke of Ctrl+C can come twice: from the terminal, and from npm or an outer Node that hands it on. */
const SAME_STROKE: Millis = 500

/** Runs this process's command line. The first signal asks the command to end, a second one ends it at once. */
export async function runProcess(): Promise<void> {
  const controller = new AbortController()
  let asked = Infinity
  let reload: (() => void) | undefined
  const isTerminal = isatty(process.stdout.fd)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      // A terminal that is closed sends it too, and is none any more then.
      if (signal === 'SIGHUP' && reload && isatty(process.stdout.fd) === isTerminal) return reload()
      if (performance.now() - asked > SAME_STROKE) process.exit(stopCode(signal))
      asked = Math.min(asked, performance.now())
      controller.abort(signal)
    })
  const { stdout, stderr, env } = process
  // There is nowhere left to say it.
  stderr.on('error', () => {})
  const context: Context = {
    stdout,
    stderr,
    env,
    signal: controller.signal,
    onHangup: listener => {
      reload = listener
    },
    keepPrivate: () => keepAllPrivate(env),
    told: {},
    exitCode: 0
  }
  // What fails in a timer or a listener is reported like all else.
  process.on('uncaughtException', error => {
    const { text, exit } = failureOf(error, '', context)
    stderr.write(text, () => process.exit(exit))
  })
  const code = await main(process.argv.slice(2), context)
  // What is left over of a start that failed half-way must not keep the process alive.
  stdout.write('', () => process.exit(code))
}

/** What an older Visor has left in its own folders is private too. */
function keepAllPrivate(env: Environment): void {
  keepPrivate()
  for (const folder of [defaultCache(env), defaultState(env)]) makePrivate(folder)
}

/** How a command ends that could not do its work: the message for the user, and the exit code. */
type Failure = ReturnType<typeof failure>

/**
 * The message of an error: `visor: ` and what happened, then what to do. Control characters in it (of file names and
 * log text) are shown, not sent. `command` is the one that was asked for, '' where none was; VISOR_DEBUG adds the stack of a defect.
 */
function failureOf(error: unknown, command: string, { told, env }: Pick<Context, 'told' | 'env'>): Failure {
  if (error instanceof CommanderError) return failureOfUsage(error, command)
  const known = knownError(error)
  const defect = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  const failed = known ?? new VisorError('INTERNAL', defect)
  if (told?.as) return { text: told.as(failed), exit: ERRORS[failed.code].exit }
  const { text, exit } = failure(failed, command)
  const isTraced = !known && env['VISOR_DEBUG'] && error instanceof Error
  return { text: isTraced ? `${text}${error.stack}\n` : text, exit }
}

function failureOfUsage({ code, message }: CommanderError, command: string): Failure {
  if (code === 'commander.version' || code.startsWith('commander.help')) return { text: '', exit: 0 }
  const plain = message.replace(/^error: /, '').replace(/\s*\(Did you mean (.+)\?\)$/s, '; did you mean $1?')
  return failure(new VisorError('USAGE', plain), command)
}

function failure({ code, message, remedy }: VisorError, command: string) {
  const general = code === 'USAGE' && remedy === ERRORS.USAGE.remedy
  const advice = general ? `See \`${`visor ${command}`.trimEnd()} --help\`.` : remedy
  const lines = message.split('\n').map(visible)
  return { text: `visor: ${lines.join('\n')}\n       ${visible(advice)}\n`, exit: ERRORS[code].exit }
}
