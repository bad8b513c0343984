import { styleText } from 'node:util'
import * as z from 'zod'
import type { Alert, Notification, Severity } from '../../alerts/model.ts'
import { utcText } from '../../core/units.ts'
import { printable } from '../../core/visible.ts'
import { reportText } from '../../reports/text/text.ts'
import { unlessAborted } from '../../system/abort.ts'
import { reasonOf } from '../../system/reason.ts'
import { notifierKind, singleTarget, type NotifierDependencies } from '../kind.ts'
import { headlineOf } from '../message/wording.ts'

type Color = 'red' | 'yellow' | 'cyan' | 'green'

const COLORS: Readonly<Record<Severity, Color>> = { critical: 'red', warning: 'yellow', info: 'cyan' }

/** Lines on standard output. */
export const consoleKind = notifierKind({
  name: 'console',
  summary: 'a line on standard output for each alert',
  example: {},
  options: z.strictObject({}),
  open(_options, { stdout }) {
    const colored = 'isTTY' in stdout && stdout.isTTY === true
    return singleTarget('console', 'standard output', (notification, signal) =>
      write(stdout, linesOf(notification, colored), signal)
    )
  }
})

/** A line for each alert; for a notification of none, one all the same; for a report its headline, and all of it below. */
function linesOf(notification: Notification, colored: boolean): string {
  const time = utcText(notification.created)
  if (notification.occasion === 'report')
    return `${time} ${headlineOf(notification)}\n\n${reportText(notification.document)}\n`
  const lines = [...notification.firing, ...notification.resolved].map(alert => lineOf(alert, colored))
  const all = lines.length === 0 ? [headlineOf(notification)] : lines
  return all.map(line => `${time} ${line}\n`).join('')
}

function lineOf({ phase, severity, title, labels, evaluation }: Alert, colored: boolean): string {
  const over = phase === 'resolved'
  const badge = (over ? 'resolved' : severity).toUpperCase().padEnd(8)
  const color = over ? 'green' : COLORS[severity]
  const named = Object.entries(labels).map(([field, value]) => `${field}=${JSON.stringify(value)}`)
  const subject = [
    printable(title),
    ...(named.length > 0 ? [`[${printable(named.join(' '), 300)}]`] : [])
  ].join(' ')
  const marked = colored ? styleText(color, badge, { validateStream: false }) : badge
  return `${marked} ${subject}: ${printable(evaluation.summary, 300)}`
}

/** Writes a text to a stream, and waits until it is out; rejects when that fails, or the signal aborts before. */
async function write(
  stream: NotifierDependencies['stdout'],
  text: string,
  signal: AbortSignal
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const fail = (error: Error): void => reject(new Error(`standard output: ${reasonOf(error)}`))
  const done = (): void => (stream.problem === undefined ? resolve() : reject(new Error(stream.problem)))
  stream.on('error', fail)
  stream.write(text, error => (error ? fail(error) : done()))
  return unlessAborted(signal, promise).finally(() => stream.off('error', fail))
}
