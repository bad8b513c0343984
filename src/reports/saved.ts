import type { ReportDocument } from './block.ts'

/**
 * A document as it was before it was written as JSON, which has `null` for what is unknown in a list: no member of a document is
 * ever `null`.
 */
export function restoredDocument(document: ReportDocument): ReportDocument {
  return withTexts(document, text => text)
}

/** A document with other texts, but for its addresses and its zone. */
export function withTexts(
  { link, online, period, ...document }: ReportDocument,
  change: (text: string) => string
): ReportDocument {
  const changed = withOtherTexts(document, change)
  return {
    ...changed,
    period: period ?? undefined,
    ...(link !== undefined && { link }),
    ...(online !== undefined && { online })
  }
}

/** Plain data with other texts; a list has `undefined` where JSON has `null`. */
export function withOtherTexts<Data extends object>(data: Data, change: (text: string) => string): Data {
  const changed: Data = JSON.parse(JSON.stringify(data), (_, value: unknown) => {
    if (Array.isArray(value)) return Array.from(value, (one: unknown) => one ?? undefined)
    return typeof value === 'string' ? change(value) : value
  })
  return changed
}
