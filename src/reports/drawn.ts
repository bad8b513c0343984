import type { ReportDocument } from './block.ts'

/** How a report can be drawn as one file, each with its media type. */
export const REPORT_TYPES = { html: 'text/html', csv: 'text/csv', txt: 'text/plain' } as const

/** A report as one file; `width` is that of plain text, in columns. Who draws it is loaded only then. */
export async function drawnReport(
  document: ReportDocument,
  shape: keyof typeof REPORT_TYPES,
  width: number
): Promise<string> {
  switch (shape) {
    case 'csv':
      return (await import('./csv.ts')).reportCsv(document)
    case 'html':
      return (await import('./html.ts')).reportHtml(document)
    default:
      return (await import('./text/text.ts')).reportText(document, width)
  }
}
