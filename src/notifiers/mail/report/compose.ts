import type { ReportNotification } from '../../../alerts/model.ts'
import { printable } from '../../../core/visible.ts'
import type { ChartBlock, ReportDocument } from '../../../reports/block.ts'
import { reportText } from '../../../reports/text/text.ts'
import type { NotifierDependencies } from '../../kind.ts'
import { namedLinks, type Message } from '../../message/message.ts'
import { reportFooter, reportMessage } from '../../message/report.ts'
import { mailHtml, type MailPart } from '../html.ts'
import { printMail, type ComposedMail, type MailAddresses, type MailContent } from '../print.ts'
import { chartImage } from './chart.ts'
import { blockParts } from './html.ts'
import { shortened, stepsOf, type ShorterDocument } from './shorten.ts'
import { leaving, type Leaving } from './unsubscribe.ts'

/** Bytes that a message has at most, without the files that are sent along: mail programs cut off longer ones. */
export const MAX_MAIL = 90_000

/** Columns of the text. */
const TEXT_WIDTH = 76

/** How wide a report is at most, in pixels of a style sheet. */
const WIDTH = 680

/** A report as a mail: as much of it as there is room for, with what was left out and where it is. */
export async function composeReport(
  notification: ReportNotification,
  addresses: MailAddresses,
  dependencies: NotifierDependencies
): Promise<ComposedMail> {
  const leave = leaving(notification, addresses, dependencies)
  const print = (content: MailContent): Promise<ComposedMail> =>
    printMail(notification, addresses, { ...content, headers: leave.headers }, dependencies)
  const content = await fitting(notification, dependencies, leave, print)
  return print({ ...content, attachments: notification.attachments })
}

/** The fullest content that makes a mail that is small enough. */
async function fitting(
  notification: ReportNotification,
  dependencies: NotifierDependencies,
  leave: Leaving,
  print: (content: MailContent) => Promise<ComposedMail>
): Promise<MailContent> {
  const { document, plain } = notification
  if (plain !== undefined) return { text: [plain, ...footer(notification, dependencies, leave)].join('\n') }
  const images = await imagesOf(document)
  const drawn = (shorter: ShorterDocument): MailContent =>
    contentOf(notification, shorter, images, dependencies, leave)
  const fitsAt = async (step: number): Promise<MailContent | undefined> => {
    const shorter = shortened(document, step)
    // What is too long as it is needs not be drawn, or not be printed.
    if (leastLength(shorter.document) > MAX_MAIL) return undefined
    const content = drawn(shorter)
    const { text, html = '' } = content
    if (text.length + html.length > MAX_MAIL) return undefined
    return (await print(content)).bytes.length <= MAX_MAIL ? content : undefined
  }
  const whole = await fitsAt(0)
  if (whole) return whole
  let [from, to] = [1, stepsOf(document)]
  let best: MailContent | undefined
  while (from < to) {
    const middle = (from + to) >> 1
    const content = await fitsAt(middle)
    if (content) [to, best] = [middle, content]
    else from = middle + 1
  }
  return best ?? drawn(shortened(document, to))
}

/** A document's mail is longer than this: each cell of its tables has its tags in HTML. */
function leastLength({ blocks }: ReportDocument): number {
  const cells = blocks.map(block => (block.type === 'table' ? block.rows.length * block.columns.length : 0))
  return cells.reduce((sum, count) => sum + count, 0) * '<td></td>'.length
}

/** The images of a document are drawn once: each of its readers has a mail of his own. */
const imagesOfDocument = new WeakMap<ReportDocument, Images>()

/** The images of a document's charts, by the charts' names. */
type Images = ReadonlyMap<string, Buffer>

async function imagesOf(document: ReportDocument): Promise<Images> {
  const images = imagesOfDocument.get(document) ?? (await drawImages(document))
  imagesOfDocument.set(document, images)
  return images
}

async function drawImages({ blocks, period }: ReportDocument): Promise<Images> {
  const charts = blocks.filter((block): block is ChartBlock => block.type === 'chart')
  return new Map(
    await Promise.all(
      charts.map(async chart => [chart.name, await chartImage(chart, period?.zone ?? 'UTC')] as const)
    )
  )
}

function contentOf(
  notification: ReportNotification,
  { document, left }: ShorterDocument,
  images: Images,
  dependencies: NotifierDependencies,
  leave: Leaving
): MailContent {
  const charts = document.blocks.filter(({ type }) => type === 'chart').map(({ name }) => name)
  const cids = new Map(charts.map((name, i) => [name, `chart-${i + 1}`]))
  const message: Message = {
    ...reportMessage(notification, dependencies),
    notes: []
  }
  const rest = left.length > 0 ? [...left, whereAllIs(notification)] : []
  const links = namedLinks(message.links)
  const shownLinks = links.map(({ name, text }) => `${name}: ${text}`)
  const parts: MailPart[] = [
    ...(links.length > 0 ? ([['links', { named: links }]] as const) : []),
    ...blockParts(document, ({ name }) => `cid:${cids.get(name) ?? ''}`),
    ...(rest.length > 0 ? ([['rest', { sentences: rest }]] as const) : [])
  ]
  return {
    text: [
      inAscii(reportText(withoutLink(document), TEXT_WIDTH)),
      ...rest,
      ...shownLinks,
      ...footer(notification, dependencies, leave)
    ].join('\n'),
    html: mailHtml(message, parts, { width: WIDTH, leave: leave.link }),
    images: new Map(
      charts.flatMap(name => {
        const [cid, image] = [cids.get(name), images.get(name)]
        return cid !== undefined && image ? [[cid, image] as const] : []
      })
    )
  }
}

/** Rules and bars in ASCII, as in the mails of alerts: others take nine bytes a character there. */
function inAscii(text: string): string {
  return text.replaceAll('─', '-').replaceAll(/[█▉▊▋▌▍▎▏]/g, '#')
}

/** A link is of use as a whole: it stands below. */
function withoutLink({ link: _link, online: _online, ...document }: ReportDocument): ReportDocument {
  return document
}

function whereAllIs({ document: { link, online = link }, attachments }: ReportNotification): string {
  const file = attachments.find(({ type }) => type === 'text/html')
  if (file) return `All of it is in the file ${printable(file.name)} that came with this mail.`
  return online === undefined
    ? 'visor report prints all of it.'
    : 'All of it is on the page that the link leads to.'
}

function footer(
  notification: ReportNotification,
  dependencies: NotifierDependencies,
  { link }: Leaving
): string[] {
  return [
    '',
    '-- ',
    reportFooter(notification, dependencies),
    ...(link === undefined ? [] : [`Unsubscribe from this report: ${link}`])
  ]
}
