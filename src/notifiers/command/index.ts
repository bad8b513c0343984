import * as z from 'zod'
import type { Notification } from '../../alerts/model.ts'
import { printable } from '../../core/visible.ts'
import { reasonOf } from '../../system/reason.ts'
import { notifierKind, singleTarget } from '../kind.ts'
import { payloadText } from '../message/payload.ts'
import { withTimeout } from '../../system/abort.ts'
import { timeoutSetting } from '../settings.ts'

const argument = z.string().refine(text => !text.includes('\0'), 'expected text without NUL')

const options = z.strictObject({
  command: z
    .tuple([argument.min(1)], argument)
    .describe('The program and its arguments, as they are: no shell reads them, nothing is filled in.'),
  timeout: timeoutSetting
})

/** A program that is run. */
export const commandKind = notifierKind({
  name: 'command',
  summary: 'a program that is run for each notification and reads it as JSON',
  example: { command: ['/usr/local/bin/page-me', '--urgent'] },
  options,
  withPaths(options, absolute) {
    const [file, ...args] = options.command
    // A program without a slash is looked for in PATH.
    const command: typeof options.command = [file.includes('/') ? absolute(file) : file, ...args]
    return { ...options, command }
  },
  async open({ command: [file, ...args], timeout }, dependencies) {
    const { runProgram } = await import('./run.ts')
    const target = printable(file)
    return singleTarget('command', target, (notification, signal) => {
      const input = `${payloadText(notification, dependencies)}\n`
      return withTimeout(timeout, signal, signal =>
        runProgram(file, args, input, variablesOf(notification), signal)
      ).catch((error: unknown) => {
        signal.throwIfAborted()
        throw new Error(`${target}: ${reasonOf(error)}`)
      })
    })
  }
})

/** What a program's environment contains of a notification: nothing that a log has a say in. */
function variablesOf(notification: Notification): Record<string, string> {
  const { id, occasion, severity } = notification
  return {
    VISOR_NOTIFICATION: id,
    VISOR_OCCASION: occasion,
    VISOR_SEVERITY: severity,
    ...(notification.occasion === 'report'
      ? { VISOR_SCHEDULE: printable(notification.schedule) }
      : { VISOR_RULE: (notification.firing[0] ?? notification.resolved[0])?.rule ?? '' })
  }
}
