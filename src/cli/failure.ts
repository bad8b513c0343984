import { CommanderError } from 'commander'
import { ERRORS, VisorError, type ErrorCode } from '../core/errors.ts'
import { visible } from '../core/visible.ts'

/** How a command ends that could not do its work: what to tell the user, and the exit code. */
export interface Failure {
  readonly text: string
  readonly exit: number
}

/**
 * What to say of an error: `visor: ` and what happened, then what to do. Control characters in it (of file names and
 * log text) are shown, not sent. `debug` adds the stack of a defect.
 */
export function failureOf(error: unknown, command: string | undefined, debug: boolean): Failure {
  if (error instanceof CommanderError) return failureOfUsage(error, command)
  if (error instanceof VisorError) return failure(error.code, error.message)
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  const { text, exit } = failure('INTERNAL', message)
  return { text: debug && error instanceof Error ? `${text}${error.stack}\n` : text, exit }
}

function failureOfUsage({ code, message }: CommanderError, command: string | undefined): Failure {
  if (code === 'commander.version' || code.startsWith('commander.help')) return { text: '', exit: 0 }
  const plain = message.replace(/^error: /, '').replace(/\s*\(Did you mean (.+)\?\)$/s, '; did you mean $1?')
  const remedy = ERRORS.USAGE.remedy.replace(' COMMAND', command === undefined ? '' : ` ${command}`)
  return { text: layOut(plain, remedy), exit: ERRORS.USAGE.exit }
}

function failure(code: ErrorCode, message: string): Failure {
  const { remedy, exit } = ERRORS[code]
  return { text: layOut(message, remedy), exit }
}

function layOut(message: string, remedy: string): string {
  const lines = message.split('\n').map(visible)
  return `visor: ${lines.join('\n')}\n       ${remedy}\n`
}
