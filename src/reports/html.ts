import type { ReportDocument } from './block.ts'

/** What draws a report for browsers: the page's own components, built by `npm run build`. */
export interface HtmlRenderer {
  /** A whole document that needs nothing besides itself. */
  readonly render: (report: ReportDocument) => string
}

const RENDERER = new URL('../../dist/report/render.mjs', import.meta.url)

/**
 * A report as one HTML file: without any request, light and dark, to be printed, read without JavaScript too. Its policy allows
 * no script and no request but its own; all texts in it are inert.
 */
export async function reportHtml(report: ReportDocument): Promise<string> {
  const { render }: HtmlRenderer = await import(RENDERER.href)
  return render(report)
}
