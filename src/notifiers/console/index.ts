import { styleText } from 'node:util'
import * as z from 'zod'
import type { Alert, Notification, Severity } from '../../alerts/model.ts'
import { notifierKind } from '../kind.ts'
import { momentText, shown } from '../message/shown.ts'
import { verdictOf } from '../message/subject.ts'
import { sole } from '../sole.ts'
import { write } from './write.ts'

type Colour = 'red' | 'yellow' | 'cyan' | 'green'

const COLOURS: Readonly<Record<Severity, Colour>> = { critical: 'red', warning: 'yellow', info: 'cyan' }

/** Lines on standard output. */
export const consoleKind = notifierKind({
  name: 'console',
  summary: 'a line on standard output for each alert',
  example: {},
  options: z.strictObject({}),
  open(_options, { stdout }) {
    const coloured = 'isTTY' in stdout && stdout.isTTY === true
    return sole('console', 'standard output', (notification, signal) =>
      write(stdout, linesOf(notification, coloured), signal)
    )
  }
})

/** A line for each alert; for a notification of none, one all the same. */
function linesOf(notification: Notification, coloured: boolean): string {
  const { firing, resolved, created } = notification
  const lines = [...firing, ...resolved].map(alert => lineOf(alert, coloured))
  const all = lines.length === 0 ? [shown(verdictOf(notification))] : lines
  return all.map(line => `${momentText(created)} ${line}\n`).join('')
}

function lineOf({ phase, severity, title, labels, evaluation }: Alert, coloured: boolean): string {
  const over = phase === 'resolved'
  const badge = (over ? 'resolved' : severity).toUpperCase().padEnd(8)
  const colour = over ? 'green' : COLOURS[severity]
  const named = Object.entries(labels).map(([field, value]) => `${field}=${JSON.stringify(value)}`)
  const told = [shown(title), ...(named.length > 0 ? [`[${shown(named.join(' '), 300)}]`] : [])].join(' ')
  const marked = coloured ? styleText(colour, badge, { validateStream: false }) : badge
  return `${marked} ${told}: ${shown(evaluation.says, 300)}`
}
