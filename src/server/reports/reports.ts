import type { FastifyInstance, FastifyReply } from 'fastify'
import type { ReportDocument } from '../../reports/block.ts'
import { REPORT_TYPES } from '../../reports/drawn.ts'
import { needs } from '../access/access.ts'
import { sendFailure } from '../failure.ts'
import type { ReportsAnswer } from './types.ts'

/** Reports that are made at set times: the rest of Visor, seen from the server. */
export interface ReportsService {
  answer(): ReportsAnswer
  /** What the report of a run says. */
  document(id: string): ReportDocument | undefined
  /** A report drawn as one file. */
  drawn(document: ReportDocument, shape: keyof typeof REPORT_TYPES): Promise<string>
}

/** The route under /api of reports. */
export function addReports(server: FastifyInstance, service: ReportsService): void {
  server.get('/reports', needs('read'), async () => service.answer())
}

/**
 * Reports hold text of logs. The one-file HTML allows no other script or style than its own (it says so itself), and here it can
 * reach neither this server's pages nor anything else; its links may be opened.
 */
const POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'unsafe-inline'"],
  styleSrc: ["'unsafe-inline'"],
  imgSrc: ['data:'],
  fontSrc: ['data:'],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
  sandbox: [
    'allow-scripts',
    'allow-downloads',
    'allow-modals',
    'allow-popups',
    'allow-popups-to-escape-sandbox',
    'allow-top-navigation-by-user-activation'
  ]
}

/** `/reports/ID`: the report of a run, as HTML; `/reports/ID.csv` and `/reports/ID.txt` as these. */
export function addReportPages(server: FastifyInstance, service: ReportsService): void {
  server.get<{ Params: { file: string } }>(
    '/reports/:file',
    { ...needs('read'), helmet: { contentSecurityPolicy: { useDefaults: false, directives: POLICY } } },
    async ({ params: { file } }, reply): Promise<FastifyReply> => {
      const { id = file, shape = 'html' } = /^(?<id>.+)\.(?<shape>html|csv|txt)$/.exec(file)?.groups ?? {}
      const document = service.document(id)
      if (!document) return sendFailure(reply, 404, 'there is no such report any more')
      const known = shape === 'csv' || shape === 'txt' ? shape : 'html'
      if (known !== 'html')
        reply.header('content-disposition', `attachment; filename="${fileName(id)}.${known}"`)
      return reply
        .header('cache-control', 'no-store')
        .type(`${REPORT_TYPES[known]}; charset=utf-8`)
        .send(await service.drawn(document, known))
    }
  )
}

function fileName(id: string): string {
  return id.replaceAll(/[^\w.-]/g, '_')
}
