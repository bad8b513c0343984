import type { ReportDocument } from './block.ts'

/**
 * A document as it was before it was written as JSON, which has `null` for what is unknown in a list: no member of a document is
 * ever `null`.
 */
export function restoredDocument(document: ReportDocument): ReportDocument {
  return JSON.parse(JSON.stringify(document), (_name, value: unknown) =>
    Array.isArray(value) ? Array.from(value, (one: unknown) => one ?? undefined) : value
  )
}
