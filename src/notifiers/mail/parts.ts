import { TITLES } from '../message/message.ts'
import { MONO, paint, TABLE, title } from './style.ts'

const SMALL = 'font-size:12px;line-height:18px'
const BREAK = 'word-break:break-word;overflow-wrap:anywhere'

/** `it.more`: how many there are besides those listed. */
const more = `
<% if (it.more > 0) { %>
<div ${paint('faint', `${SMALL};padding-top:4px`)}>and <%= it.more %> more</div>
<% } %>`

/** `it.bar`: pairs of a part (0 to 1) and its paint, side by side. */
const bar = `
<table ${TABLE}><tr>
<% let rest = 100 %>
<% for (const [part, look] of it.bar) { %>
  <% const width = Math.min(rest, part > 0 ? Math.max(1, Math.round(100 * part)) : 0) %>
  <% rest -= width %>
  <% if (width > 0) { %>
    <td width="<%= width %>%" <%~ paint(look, 'height:8px;line-height:8px;font-size:1px') %>>&nbsp;</td>
  <% } %>
<% } %>
<% if (rest > 0) { %>
  <td width="<%= rest %>%" ${paint('track', 'height:8px;line-height:8px;font-size:1px')}>&nbsp;</td>
<% } %>
</tr></table>`

const bars = `
<table ${TABLE}>
<% for (const { name, text, part, tone } of it.detail.bars) { %>
<tr>
  <td ${paint('soft', `${SMALL};padding:3px 14px 3px 0;white-space:nowrap`)}><%= name %></td>
  <td width="100%" style="padding:3px 0"><%~ include('@bar', { bar: [[part, 'fill-' + tone]] }) %></td>
  <td align="right" <%~ paint('text-' + tone, 'font-size:13px;line-height:18px;font-weight:600;padding:3px 0 3px 14px;white-space:nowrap') %>><%= text %></td>
</tr>
<% } %>
</table>`

/** What the alert is of, and when it was. */
const facts = `
<table ${TABLE}>
<% for (const { name, text } of [...it.detail.labels, ...it.detail.times]) { %>
<tr>
  <td width="110" ${paint('soft', `${SMALL};padding:1px 14px 1px 0;white-space:nowrap;vertical-align:top`)}><%= name %></td>
  <td ${paint('ink', `font-size:13px;line-height:18px;padding:1px 0;${BREAK}`)}><%= text %></td>
</tr>
<% } %>
</table>`

const increases = `
${title(TITLES.increases)}
<table ${TABLE}>
<% for (const { name, text, count, before, now, part, partBefore } of it.detail.increases) { %>
<tr>
  <td style="padding:4px 0 8px">
    <div ${paint('faint', 'font-size:11px;line-height:16px')}><%= name %></div>
    <table ${TABLE}><tr>
      <td ${paint('ink', `${MONO};font-size:13px;line-height:18px;padding:0 14px 4px 0;${BREAK}`)}><%= text %></td>
      <td align="right" ${paint('ink', 'font-size:13px;line-height:18px;padding:0 0 4px;white-space:nowrap;vertical-align:bottom')}><span ${paint('faint')}><%= before %> &rarr;</span> <b><%= now %></b> <span ${paint('faint')}>(<%= count %>)</span></td>
    </tr></table>
    <%~ include('@bar', { bar: [[Math.min(part, partBefore), 'fill-neutral'], [part - partBefore, 'fill-info']] }) %>
  </td>
</tr>
<% } %>
</table>`

/** `it.lines`: string[], under `it.title`, in the paint `it.look`. */
const lines = `
${title('<%= it.title %>')}
<table ${TABLE}>
<% for (const line of it.lines) { %>
<tr><td <%~ paint(['sunken', 'card-line', it.look], '${MONO};font-size:12px;line-height:17px;padding:7px 12px;border-bottom-width:2px;border-bottom-style:solid;${BREAK}') %>><%= line %></td></tr>
<% } %>
</table>`

const mitigation = `
${title('To block <%= it.detail.mitigation.address %>')}
<table ${TABLE}>
<% for (const { name, code } of it.detail.mitigation.snippets) { %>
<tr>
  <td ${paint('soft', `${SMALL};padding:6px 0 2px`)}><%= name %></td>
</tr>
<tr>
  <td ${paint(['sunken', 'ink'], `${MONO};font-size:12px;line-height:17px;padding:7px 12px;white-space:pre-wrap;${BREAK}`)}><%= code %></td>
</tr>
<% } %>
</table>`

/** `it.items` and `it.more`: a Listing, under `it.title`. */
const listing = `
${title('<%= it.title %>')}
<table ${TABLE}>
<% for (const { tone, badge, title, labels, summary, duration } of it.items) { %>
<tr><td ${paint('rule', 'padding:6px 0;border-top-width:1px;border-top-style:solid')}>
  <table ${TABLE}><tr>
    <td ${paint('ink', `font-size:13px;line-height:18px;${BREAK}`)}><b <%~ paint('text-' + tone, 'font-size:11px') %>><%= badge %></b> <%= title %> <span ${paint('ink', `${MONO};font-size:12px`)}><%= labels %></span></td>
    <td align="right" ${paint('faint', `${SMALL};padding-left:14px;white-space:nowrap;vertical-align:top`)}><%= duration %></td>
  </tr></table>
  <div ${paint('soft', `${SMALL};${BREAK}`)}><%= summary %></div>
</td></tr>
<% } %>
</table>${more}`

/** `it.items` and `it.more`: a Listing of titles. */
const held = `
${title(TITLES.held)}
<% for (const text of it.items) { %>
<div ${paint('soft', `font-size:13px;line-height:20px;${BREAK}`)}><%= text %></div>
<% } %>${more}`

const timing = `
${title(TITLES.timing)}
<table ${TABLE}>
<% for (const { name, text, elapsed, from, part } of it.timing.steps) { %>
<tr>
  <td ${paint('soft', `${SMALL};padding:2px 14px 2px 0;white-space:nowrap`)}><%= name %></td>
  <td ${paint('faint', `${MONO};${SMALL};padding:2px 14px 2px 0;white-space:nowrap`)}><%= text %></td>
  <td class="wide" width="100%" style="padding:2px 0"><%~ include('@bar', { bar: [[from, 'track'], [part, 'fill-neutral']] }) %></td>
  <td align="right" ${paint('ink', `${SMALL};padding:2px 0 2px 14px;white-space:nowrap`)}><%= elapsed %></td>
</tr>
<% } %>
</table>
<% for (const total of it.timing.totals) { %>
<div ${paint('soft', `${SMALL};padding-top:4px`)}><%= total %></div>
<% } %>`

/** `it.named`: the links. */
const links = `
<table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr>
<% for (const { link, name, text } of it.named) { %>
  <td style="padding:0 8px 0 0"><a href="<%= text %>" <%~ paint(link === 'acknowledge' || link === 'read' ? 'button' : 'plain', 'display:inline-block;font-size:13px;line-height:20px;font-weight:600;padding:6px 14px;border-width:1px;border-style:solid;border-radius:6px;text-decoration:none;white-space:nowrap') %>><%= name %></a></td>
<% } %>
</tr></table>`

/**
 * Parts of a mail: templates of eta over a message as `it`, with more where that is said. `<%=` escapes whatever it puts in;
 * `<%~` puts in other parts and `paint`, which know no text of a log.
 */
export const PARTS = { bar, bars, facts, increases, lines, mitigation, listing, held, timing, links } as const
