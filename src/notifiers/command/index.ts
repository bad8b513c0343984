import * as z from 'zod'
import { notifierKind, type NotifierDependencies } from '../kind.ts'
import type { Notification } from '../../alerts/model.ts'
import { payloadText } from '../message/payload.ts'
import { shown } from '../message/shown.ts'
import { timeoutSetting } from '../settings.ts'
import { sole } from '../sole.ts'
import { within } from '../within.ts'

const argument = z.string().refine(text => !text.includes('\0'), 'expected text without NUL')

/** What a command can be told. */
const options = z.strictObject({
  command: z
    .tuple([argument.min(1)], argument)
    .describe('The program and its arguments, as they are: no shell reads them, nothing is filled in.'),
  timeout: timeoutSetting
})

type CommandOptions = z.output<typeof options>

/** A program that is run. */
export const commandKind = notifierKind({
  name: 'command',
  summary: 'a program that is run for each notification and reads it as JSON',
  example: { command: ['/usr/local/bin/tell', '--urgent'] },
  options,
  withPaths: withAbsoluteProgram,
  async open({ command: [file, ...args], timeout }, dependencies) {
    const { run } = await import('./run.ts')
    return sole('command', shown(file), (notification, signal) => {
      const { input, variables } = toldOf(notification, dependencies)
      return within(timeout, signal, signal =>
        run({ file, arguments: args }, input, variables, signal)
      ).catch((error: unknown) => {
        signal.throwIfAborted()
        throw new Error(`${shown(file)}: ${error instanceof Error ? error.message : String(error)}`)
      })
    })
  }
})

/** A program without a slash is looked for in PATH. */
function withAbsoluteProgram(options: CommandOptions, absolute: (path: string) => string): CommandOptions {
  const [file, ...args] = options.command
  return file.includes('/') ? { ...options, command: [absolute(file), ...args] } : options
}

/** What a program is told: all of it by its standard input, and by its environment what no log has a say in. */
function toldOf(
  notification: Notification,
  dependencies: NotifierDependencies
): { input: string; variables: Record<string, string> } {
  const { id, occasion, severity, firing, resolved } = notification
  return {
    input: `${payloadText(notification, dependencies)}\n`,
    variables: {
      VISOR_NOTIFICATION: id,
      VISOR_OCCASION: occasion,
      VISOR_SEVERITY: severity,
      VISOR_RULE: (firing[0] ?? resolved[0])?.rule ?? ''
    }
  }
}
