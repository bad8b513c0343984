import type { ReportNotification } from '../../alerts/model.ts'
import type { ClassTone } from '../../core/metric.ts'
import { printable } from '../../core/visible.ts'
import type { Figure, ReportDocument } from '../../reports/block.ts'
import { changeText, valueWriter, type WriteValue } from '../../reports/value.ts'
import type { NotifierDependencies } from '../kind.ts'
import type { LabeledText, Message, Tone } from './message.ts'
import { subjectOf } from './wording.ts'

/** How many figures and facts a message has. */
const MAX_FIGURES = 16
const MAX_FACTS = 10

/** Characters of what is told in a sentence: it is never cut where it is Visor's own. */
const MAX_SENTENCE = 1000

/** How what is good or bad of a report looks in a message. */
export const REPORT_TONES: Readonly<Record<ClassTone, Tone>> = {
  success: 'good',
  info: 'info',
  other: 'neutral',
  warning: 'warning',
  critical: 'critical'
}

const NONE = { items: [], more: 0 }

/** A report ready to be read where there is no room for all of it: its verdict, its figures, and where the rest is. */
export function reportMessage(notification: ReportNotification, dependencies: NotifierDependencies): Message {
  const { document } = notification
  const { subject, verdict, facts } = document
  const links = reportLinks(document)
  return {
    subject: subjectOf(notification),
    tone: REPORT_TONES[verdict.tone],
    badge: 'REPORT',
    heading: printable(subject, MAX_SENTENCE),
    summary: printable(verdict.sentence, MAX_SENTENCE),
    notes: facts
      .slice(0, MAX_FACTS)
      .map(({ name, text }) => `${printable(name, 40)}: ${printable(text, 300)}`),
    figures: figuresOf(notification),
    firing: NONE,
    resolved: NONE,
    held: NONE,
    ...(Object.keys(links).length > 0 && { links }),
    footer: [reportFooter(notification, dependencies)]
  }
}

/** Where a report can be read, and what it is of can be looked at. */
export function reportLinks({ link, online }: ReportDocument): NonNullable<Message['links']> {
  return { ...(online !== undefined && { read: online }), ...(link !== undefined && { show: link }) }
}

/** Who sent it to whom, and why. */
export function reportFooter(
  { id, schedule, receiver }: ReportNotification,
  { host }: NotifierDependencies
): string {
  return `Visor on ${printable(host)}: report ${printable(schedule)}, receiver ${printable(receiver)}, notification ${printable(id)}.`
}

/** The figures of a report, each in one line; what is unknown says so. */
function figuresOf({ document: { blocks, period } }: ReportNotification): LabeledText[] {
  const write = valueWriter(period?.zone ?? 'UTC')
  const figures = blocks.flatMap(block => (block.type === 'figures' ? block.figures : []))
  return figures
    .slice(0, MAX_FIGURES)
    .map(figure => ({ name: printable(figure.label, 60), text: printable(figureText(figure, write), 300) }))
}

/** `1,204 (+12.5 % on the day before)`; `unknown: not in this format`. */
function figureText({ value, unit, missing, compared = [] }: Figure, write: WriteValue): string {
  if (value === undefined) return missing ?? 'unknown'
  const changes = compared.flatMap(then => {
    const change = changeText(value, then.value, unit)
    return change === undefined ? [] : [`${change} on ${then.label}`]
  })
  return changes.length > 0 ? `${write(value, unit)} (${changes.join(', ')})` : write(value, unit)
}
