import { toSeconds } from '../../core/time.ts'
import { isoTime } from '../../core/units.ts'
import type { Block, TableBlock } from '../block.ts'
import type { ReportAlert, ReportContents, SignatureCount } from '../contents.ts'
import type { Zod } from '../../settings/zod.ts'
import { countIn, timeIn, type Section } from '../section.ts'

function signatureIn(z: Zod) {
  return z.strictObject({
    signature: z.string(),
    count: countIn(z),
    first: timeIn(z).optional(),
    sample: z.string().optional()
  })
}

const members = (z: Zod) => ({
  alerts: z
    .array(
      z.strictObject({
        id: z.string(),
        title: z.string(),
        severity: z.enum(['info', 'warning', 'critical']),
        about: z.string().describe('What it is about; log text.'),
        summary: z.string(),
        since: timeIn(z),
        fired: timeIn(z).optional(),
        resolved: timeIn(z).optional().describe('Absent while it goes on.')
      })
    )
    .optional()
    .describe('Alerts of the period; absent where nobody watched.'),
  signatures: z
    .strictObject({
      new: z.array(signatureIn(z)).describe('Messages that the period before did not have.'),
      gone: z.array(signatureIn(z)).describe('Messages that it alone had.')
    })
    .optional()
})

/** Alerts with how long they lasted, and messages of the error log that are new or gone. */
export const incidents: Section<ReturnType<typeof members>> = {
  name: 'incidents',
  members,
  json: ({ alerts, signatures }) => ({
    ...(alerts && { alerts: alerts.map(alertOf) }),
    ...(signatures && {
      signatures: { new: signatures.new.map(signatureOf), gone: signatures.gone.map(signatureOf) }
    })
  }),
  blocks: contents => [...alertBlocks(contents), ...signatureBlocks(contents)]
}

function alertOf({ id, title, severity, about, summary, since, fired, resolved }: ReportAlert) {
  return {
    id,
    title,
    severity,
    about,
    summary,
    since: isoTime(since),
    ...(fired !== undefined && { fired: isoTime(fired) }),
    ...(resolved !== undefined && { resolved: isoTime(resolved) })
  }
}

function signatureOf({ first, ...one }: SignatureCount) {
  return { ...one, ...(first !== undefined && { first: isoTime(first) }) }
}

function alertBlocks({ alerts = [], period }: ReportContents): Block[] {
  if (alerts.length === 0) return []
  const table: TableBlock = {
    type: 'table',
    name: 'alerts',
    title: 'Alerts',
    group: 'Alerts',
    columns: [
      { label: 'Alert', unit: 'text' },
      { label: 'About', unit: 'log', fills: true },
      { label: 'Since', unit: 'time' },
      { label: 'State', unit: 'text' },
      { label: 'Lasted', unit: 'span' }
    ],
    rows: alerts.map(({ title, about, severity, since, fired, resolved }) => ({
      cells: [
        title,
        about || undefined,
        since,
        resolved !== undefined ? 'resolved' : fired === undefined ? 'pending' : 'firing',
        toSeconds(Math.max(0, (resolved ?? period?.to ?? since) - since))
      ],
      tone: severity
    }))
  }
  return [table]
}

function signatureBlocks({ signatures }: ReportContents): Block[] {
  if (!signatures) return []
  return [
    ...signatureTable('new-signatures', 'New messages', signatures.new),
    ...signatureTable('gone-signatures', 'Messages that are gone', signatures.gone)
  ]
}

function signatureTable(name: string, title: string, all: readonly SignatureCount[]): Block[] {
  if (all.length === 0) return []
  return [
    {
      type: 'table',
      name,
      title,
      group: 'Error log',
      columns: [
        { label: 'Message', unit: 'log', fills: true },
        { label: 'Lines', unit: 'count' },
        { label: 'First', unit: 'time' }
      ],
      rows: all.slice(0, 10).map(({ signature, count, first }) => ({ cells: [signature, count, first] })),
      ...(all.length > 10 && { more: all.length - 10 })
    }
  ]
}
