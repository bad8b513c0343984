import type { JSX } from 'preact'
import { renderToString } from 'preact-render-to-string'
import type { ReportDocument } from '../../reports/block.ts'
import type { HtmlRenderer } from '../../reports/html.ts'
import { visibleText } from '../format/text.ts'
import styles from '../styles/report.css?inline'
import { ReportPage } from './report.tsx'

/** What scripts/report.ts puts in: the script, its hash as policies name it, the icon as an address, Visor with its version. */
declare const SCRIPT: string
declare const SCRIPT_HASH: string
declare const ICON: string
declare const MAKER: string

/** No request to anywhere, no script but that of the report. Bars have their widths as styles of elements. */
const POLICY = [
  "default-src 'none'",
  `script-src '${SCRIPT_HASH}'`,
  "style-src 'unsafe-inline'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'"
].join('; ')

export const render: HtmlRenderer['render'] = report =>
  `<!doctype html>\n${compact(renderToString(<File report={report} />))}\n`

function File({ report }: { readonly report: ReportDocument }): JSX.Element {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={POLICY} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <meta name="robots" content="noindex" />
        <meta name="generator" content={MAKER} />
        <title>{visibleText(report.subject)}</title>
        <link rel="icon" href={ICON} />
        <style dangerouslySetInnerHTML={{ __html: styles }} />
      </head>
      <body>
        <ReportPage report={report} maker={MAKER} />
        <script dangerouslySetInnerHTML={{ __html: SCRIPT }} />
      </body>
    </html>
  )
}

/** Ends of cells and rows that HTML lets out. A text never holds one: its `<` is escaped. */
function compact(html: string): string {
  return html.replaceAll(/<\/(?:td|th|tr)>(?=<(?:td|th|tr)\b|<\/(?:tr|thead|tbody|tfoot)>)/g, '')
}
