import { constants } from 'node:os'
import type { Context } from './context.ts'
import { failureOf } from './failure.ts'
import { createProgram } from './program.ts'

/** Runs a command line; returns the exit code. Nothing is thrown, all is said on the context's outputs. */
export async function main(args: readonly string[], context: Context): Promise<number> {
  const program = createProgram(context)
  try {
    await program.parseAsync(args.length === 0 ? ['--help'] : args, { from: 'user' })
    return context.exitCode
  } catch (error) {
    if (isStop(error, context.signal)) return stopCode(context.signal.reason)
    const command = program.commands.find(command => command.name() === args[0])?.name()
    const { text, exit } = failureOf(error, command, Boolean(context.env['VISOR_DEBUG']))
    context.stderr.write(text)
    return exit
  }
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
const SAME_STROKE = 500

/** Runs this process's command line. The first signal asks the command to end, a second one ends it at once. */
export async function runProcess(): Promise<void> {
  const controller = new AbortController()
  let asked = Infinity
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (performance.now() - asked > SAME_STROKE) process.exit(stopCode(signal))
      asked = Math.min(asked, performance.now())
      controller.abort(signal)
    })
  const { stdout, stderr, env } = process
  // What fails in a timer or a listener is told like all else.
  process.on('uncaughtException', error => {
    const { text, exit } = failureOf(error, undefined, Boolean(env['VISOR_DEBUG']))
    stderr.write(text, () => process.exit(exit))
  })
  const context: Context = { stdout, stderr, env, signal: controller.signal, exitCode: 0 }
  const code = await main(process.argv.slice(2), context)
  // What is left over of a start that failed half-way must not keep the process alive.
  stdout.write('', () => process.exit(code))
}
