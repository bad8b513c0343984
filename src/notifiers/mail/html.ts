import { Eta } from 'eta'
import { namedLinks, TITLES, type Message } from '../message/message.ts'
import { PARTS } from './parts.ts'
import { REPORT_PARTS } from './report/parts.ts'
import { paint, SANS, SHEET, TABLE } from './style.ts'

/** Templates with `paint` and `dated` at hand. */
class Templates extends Eta {
  readonly paint = paint

  /** A text, escaped, in which no line is broken within a date. */
  readonly dated = (text: string): string =>
    this.config
      .escapeFunction(text)
      .replaceAll(/\b\d{4}-\d\d-\d\d\b/g, '<span style="white-space:nowrap">$&</span>')
}

/** `it`: a message, and the names of its parts with what their templates get besides. */
const mail = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title><%= it.subject %></title>
<style>${SHEET}</style>
</head>
<body ${paint('paper', 'margin:0;padding:0;-webkit-text-size-adjust:100%')}>
<div style="display:none;max-height:0;overflow:hidden"><%= it.summary %></div>
<table ${TABLE} ${paint('paper')}><tr><td class="margin" align="center" style="padding:24px 12px">
<table ${TABLE} ${paint('card', `max-width:<%= it.width %>px;border-width:1px;border-style:solid;border-radius:10px;overflow:hidden;${SANS}`)}>
<tr><td <%~ paint('fill-' + it.tone, 'height:4px;line-height:4px;font-size:1px') %>>&nbsp;</td></tr>
<tr><td class="side" style="padding:22px 28px 0">
  <div <%~ paint('text-' + it.tone, 'font-size:12px;line-height:18px;font-weight:700;letter-spacing:.06em') %>><%= it.badge %></div>
  <h1 ${paint('ink', 'margin:2px 0 0;font-size:21px;line-height:28px;font-weight:650;word-break:break-word;overflow-wrap:anywhere')}><%~ dated(it.heading) %></h1>
  <% if (it.summary) { %>
  <div ${paint('ink', 'font-size:15px;line-height:22px;padding-top:4px;word-break:break-word;overflow-wrap:anywhere')}><%~ dated(it.summary) %></div>
  <% } %>
  <% for (const note of it.notes) { %>
  <div ${paint('soft', 'font-size:13px;line-height:20px;padding-top:6px;word-break:break-word;overflow-wrap:anywhere')}><%= note %></div>
  <% } %>
</td></tr>
<% for (const [part, more] of it.parts) { %>
<tr><td class="side" style="padding:20px 28px 0"><%~ include('@' + part, more) %></td></tr>
<% } %>
<tr><td class="side" style="padding:24px 28px 20px">
  <% for (const line of it.footer) { %>
  <div ${paint(['faint', 'rule'], 'font-size:11px;line-height:16px;padding-top:12px;border-top-width:1px;border-top-style:solid;word-break:break-word')}><%= line %></div>
  <% } %>
  <% if (it.leave) { %>
  <div ${paint('faint', 'font-size:11px;line-height:16px;padding-top:4px')}><a href="<%= it.leave %>" ${paint('faint')}>Unsubscribe from this report</a></div>
  <% } %>
</td></tr>
</table>
</td></tr></table>
</body>
</html>
`

const templates = new Templates({
  functionHeader: 'const { paint, dated } = this',
  rmWhitespace: true
})
for (const [name, part] of Object.entries({ ...PARTS, ...REPORT_PARTS }))
  templates.loadTemplate(`@${name}`, part)
templates.loadTemplate('@mail', mail)

/** The name of a part, and what its template gets besides the message. */
export type MailPart = readonly [part: keyof typeof PARTS | keyof typeof REPORT_PARTS, more: object]

/** How wide a mail is at most, in pixels, and where its reader unsubscribes. */
export interface MailFrame {
  readonly width: number
  readonly leave?: string | undefined
}

/** An alert's notification as HTML that any mail program shows; less than 100 kB. */
export function htmlOf(message: Message): string {
  return mailHtml(message, partsOf(message), { width: 600 })
}

/** A message as HTML that any mail program shows: tables, inline styles, nothing from elsewhere. */
export function mailHtml(message: Message, parts: readonly MailPart[], frame: MailFrame): string {
  return templates.render('@mail', { ...message, ...frame, parts })
}

/** The parts that have something to show, in order, and what their templates get besides the message. */
function partsOf({ detail, firing, resolved, held, links, timing }: Message): MailPart[] {
  const all: [keyof typeof PARTS, shown: number, more?: object][] = [
    ['bars', detail?.bars.length ?? 0],
    ['facts', detail ? 1 : 0],
    ['links', links ? 1 : 0, { named: namedLinks(links) }],
    ['listing', firing.items.length, { ...firing, title: TITLES.firing }],
    ['listing', resolved.items.length, { ...resolved, title: TITLES.resolved }],
    ['held', held.items.length + held.more, held],
    ['increases', detail?.increases.length ?? 0],
    ['lines', detail?.lines.length ?? 0, { lines: detail?.lines, title: TITLES.lines, look: 'ink' }],
    ['lines', detail?.errors.length ?? 0, { lines: detail?.errors, title: TITLES.errors, look: 'error' }],
    ['mitigation', detail?.mitigation ? 1 : 0],
    ['timing', timing ? 1 : 0]
  ]
  return all.flatMap(([part, shown, more = {}]) => (shown > 0 ? [[part, more]] : []))
}
