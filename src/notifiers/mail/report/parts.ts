import { MONO, paint, TABLE, title } from '../style.ts'

/*
 * Parts of a report's mail: templates of eta over what html.ts makes of the blocks, as `it`. Reports have many cells, and mails
 * must stay small: what cells look like is said once a table, by attributes and a few classes (style.ts).
 */

const BREAK = 'word-break:break-word;overflow-wrap:anywhere'
const SMALL = 'font-size:12px;line-height:18px'

/** `it.group`, `it.title`, `it.note`: over a block, the first of a group with its name. */
const head = `
<% if (it.group) { %>
<h2 ${paint('ink', `margin:0 0 14px;font-size:16px;line-height:22px;font-weight:650;${BREAK}`)}><%= it.group %></h2>
<% } %>
${title(`<%= it.title %><% if (it.note) { %> <span style="font-weight:400;letter-spacing:0;text-transform:none">&middot; <%= it.note %></span><% } %>`)}`

/** `it.facts`: names and texts. */
const about = `
<table ${TABLE}>
<% for (const { name, text } of it.facts) { %>
<tr>
  <td width="110" ${paint('soft', `${SMALL};padding:1px 14px 1px 0;vertical-align:top`)}><%= name %></td>
  <td ${paint('ink', `font-size:13px;line-height:18px;padding:1px 0;${BREAK}`)}><%~ dated(text) %></td>
</tr>
<% } %>
</table>`

/** `it.figures`: side by side as many as there is room for; `it.unknown`: those that have no value. */
const figures = `<%~ include('@head', it) %>
<% for (const { label, value, paint: look, changes, note } of it.figures) { %><div class="cell" style="display:inline-block;width:31%;padding:6px 2% 10px 0;vertical-align:top;${BREAK}">
  <div ${paint('soft', SMALL)}><%= label %></div>
  <div <%~ paint(look, 'font-size:20px;line-height:26px;font-weight:650') %>><%= value %></div>
  <% for (const { text, of, paint: look } of changes) { %>
  <div ${paint('faint', 'font-size:11px;line-height:16px')}><b <%~ paint(look) %>><%= text %></b> <%= of %></div>
  <% } %>
  <% if (note) { %>
  <div ${paint('faint', 'font-size:11px;line-height:15px;padding-top:2px')}><%= note %></div>
  <% } %>
</div><% } %>
<% for (const { why, labels } of it.unknown) { %>
<div ${paint('faint', `${SMALL};${BREAK}`)}><span ${paint('soft')}><%= labels %></span>: <%= why %></div>
<% } %>`

/** `it.columns`, `it.rows`, `it.more`. */
const table = `<%~ include('@head', it) %>
<table ${paint(['ink', 'data'], 'font-size:13px;line-height:18px')} width="100%" cellpadding="4" cellspacing="0" border="0">
<tr align="right" ${paint('faint', 'font-size:11px;line-height:14px')}><% for (const { label, kind } of it.columns) { %><th scope="col"<%~ kind && ' ' + kind %>><%= label %></th><% } %></tr>
<% for (const { cells, paint: look } of it.rows) { %>
<tr align="right"<% if (look) { %> <%~ paint(look) %><% } %>>
<% for (const { text, kind, part } of cells) { %><td<%~ kind && ' ' + kind %>><%= text %><% if (part > 0) { %><div class="bar" style="width:<%= part %>%"></div><% } %></td><% } %>
</tr>
<% } %>
</table>
<% if (it.more) { %><div ${paint('faint', `${SMALL};padding-top:4px`)}><%= it.more %></div><% } %>`

/** `it.source`, `it.width`, `it.height`, `it.summary`, `it.legend`, `it.marks`. */
const chart = `<%~ include('@head', it) %>
<img src="<%= it.source %>" width="<%= it.width %>" height="<%= it.height %>" alt="<%= it.summary %>" ${paint('soft', `display:block;border:0;width:100%;max-width:100%;height:auto;${SMALL}`)}>
<div ${paint('soft', `${SMALL};padding-top:4px`)}>
<% for (const { label, color, sign } of it.legend) { %><span style="white-space:nowrap"><span style="font-size:14px;color:<%= color %>"><%= sign %></span> <%= label %></span> &nbsp; <% } %>
</div>
<% for (const { number, when, label, paint: look } of it.marks) { %>
<div ${paint('soft', `${SMALL};${BREAK}`)}><b <%~ paint(look) %>><%= number %></b> <span ${paint('faint')}><%= when %></span> <%= label %></div>
<% } %>`

/** `it.samples`, `it.more`. */
const samples = `<%~ include('@head', it) %>
<table ${TABLE}>
<% for (const { text, about } of it.samples) { %>
<tr><td ${paint(['sunken', 'card-line', 'ink'], `padding:7px 12px;border-bottom-width:2px;border-bottom-style:solid`)}>
  <div ${paint('soft', `${SMALL};${BREAK}`)}><%= about %></div>
  <div ${paint('ink', `${MONO};font-size:12px;line-height:17px;${BREAK}`)}><%= text %></div>
</td></tr>
<% } %>
</table>
<% if (it.more) { %><div ${paint('faint', `${SMALL};padding-top:4px`)}><%= it.more %></div><% } %>`

/** `it.sentences`, in the paint `it.look`. */
const paragraph = `<%~ include('@head', it) %>
<% for (const sentence of it.sentences) { %>
<div <%~ paint(it.look, 'font-size:13px;line-height:20px;padding-bottom:4px;${BREAK}') %>><%= sentence %></div>
<% } %>`

/** `it.sentences`: what there was no room for. */
const rest = `
<% for (const sentence of it.sentences) { %>
<div ${paint('soft', `font-size:13px;line-height:20px;${BREAK}`)}><%= sentence %></div>
<% } %>`

/** By the types of blocks, and what is around them. `<%=` escapes whatever it puts in. */
export const REPORT_PARTS = { head, about, figures, table, chart, samples, paragraph, rest } as const
