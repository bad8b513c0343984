import type { ReportAttachment, ReportNotification } from '../../alerts/model.ts'
import type { ScheduleConfig } from '../../config/reports.ts'
import type { Millis } from '../../core/time.ts'
import { reportNotification } from '../../notifiers/report.ts'
import type { ReportDocument } from '../../reports/block.ts'
import { drawnReport, REPORT_TYPES } from '../../reports/drawn.ts'
import type { MadeReport } from './make.ts'
import type { Schedule } from './schedules.ts'

/** Columns of a report in a text file. */
export const FILE_WIDTH = 100

const TYPES = { ...REPORT_TYPES, json: 'application/json' } as const

/** What the receivers of a report are sent. */
export async function composed(
  { run, document, json, plain, receivers, to }: MadeReport,
  { name, template, attach }: Schedule,
  now: Millis
): Promise<ReportNotification[]> {
  if (!document || receivers.length === 0) return []
  const attachments = await Promise.all(attach.map(shape => attachment({ document, json }, shape, run.id)))
  const delivery = {
    schedule: name,
    run: run.id,
    created: now,
    attachments,
    ...(template === 'plain' && { plain }),
    ...(run.part !== undefined && { part: run.part }),
    ...(to && { to })
  }
  return receivers.map(receiver => reportNotification(document, { ...delivery, receiver }))
}

async function attachment(
  { document, json }: { readonly document: ReportDocument; readonly json: object | undefined },
  shape: ScheduleConfig['attach'][number],
  name: string
): Promise<ReportAttachment> {
  return {
    name: `${name}.${shape}`,
    type: TYPES[shape],
    text:
      shape === 'json' ? `${JSON.stringify(json, null, 2)}\n` : await drawnReport(document, shape, FILE_WIDTH)
  }
}
