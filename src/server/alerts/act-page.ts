import { createHash } from 'node:crypto'
import { Eta } from 'eta'
import type { Alert } from '../../alerts/model.ts'
import { customProperties } from '../../core/palette.ts'
import { utcText } from '../../core/units.ts'
import { printable } from '../../core/visible.ts'

/** What the page of a link shows. All texts may be of a log. */
export interface ActPage {
  readonly heading: string
  /** What will be done, was done, or is wrong. */
  readonly summary: string
  readonly tone: 'ask' | 'done' | 'wrong'
  readonly alerts: readonly Alert[]
  /** What a silence finds. */
  readonly query?: string
  readonly form?: ActForm
}

export interface ActForm {
  readonly button: string
  /** What there is to fill in: a name and a remark, and for how long. */
  readonly asks: 'nothing' | 'remark' | 'remark and time'
  /** What the form sends as `action`. */
  readonly action?: string
  /** What was filled in before, and what was wrong with it. */
  readonly owner?: string | undefined
  readonly comment?: string | undefined
  readonly problem?: string
}

const LASTING = [
  ['1h', '1 hour'],
  ['4h', '4 hours'],
  ['1d', '1 day'],
  ['7d', '1 week']
] as const

/** The look of the page of a link, after that of the page itself. */
const STYLE = `
:root { color-scheme: light dark; ${customProperties('light')} }
@media (prefers-color-scheme: dark) { :root { ${customProperties('dark')} } }
* { box-sizing: border-box; margin: 0; padding: 0; }
body { padding: 32px 12px; color: var(--ink); background: var(--paper);
  font: 14px/1.5 'Inter', ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif; }
main { max-width: 600px; margin: 0 auto; padding: 24px 28px 20px; background: var(--surface); border: 1px solid var(--rule);
  border-top: 4px solid var(--accent); border-radius: 10px; overflow-wrap: anywhere; }
main.done { border-top-color: var(--good); }
main.wrong { border-top-color: var(--text-warning); }
h1 { font-size: 20px; line-height: 1.3; letter-spacing: -0.01em; }
p { margin-top: 6px; }
code { font: 12px/1.5 ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
ul { margin: 18px 0; list-style: none; border-top: 1px solid var(--rule); }
li { padding: 10px 0 10px 12px; border-bottom: 1px solid var(--rule); border-left: 3px solid var(--accent); }
li p { margin: 0; }
.severity { margin-right: 4px; font-size: 11px; letter-spacing: 0.05em; text-transform: uppercase; color: var(--accent); }
.critical { border-left-color: var(--text-critical); }
.critical .severity, .problem { color: var(--text-critical); }
.warning { border-left-color: var(--text-warning); }
.warning .severity { color: var(--text-warning); }
.resolved { border-left-color: var(--good); }
.resolved .severity { color: var(--good); }
.faint { font-size: 12px; color: var(--ink-3); }
form { display: grid; gap: 12px; }
label { display: grid; gap: 3px; font-size: 12px; color: var(--ink-2); }
input, select { padding: 8px 10px; font: inherit; font-size: 16px; color: var(--ink); background: var(--surface);
  border: 1px solid var(--rule-strong); border-radius: 6px; }
button { padding: 10px 16px; font: inherit; font-weight: 600; color: var(--on-accent); background: var(--accent); border: 0;
  border-radius: 6px; cursor: pointer; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`

/** The policy of the page: one style, one form that leads back here. */
export const ACT_POLICY = {
  defaultSrc: ["'none'"],
  styleSrc: [`'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"]
}

const TEMPLATE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title><%= it.heading %> · Visor</title>
<style><%~ it.style %></style>
</head>
<body>
<main class="<%= it.tone %>">
<h1><%= it.heading %></h1>
<p><%= it.summary %></p>
<% if (it.query) { %><p><code><%= it.query %></code></p><% } %>
<% if (it.alerts.length > 0) { %>
<ul>
<% for (const alert of it.alerts) { %>
<li class="<%= alert.severity %>">
  <p><b class="severity"><%= alert.badge %></b> <strong><%= alert.title %></strong> <bdi><%= alert.labels %></bdi></p>
  <p><%= alert.summary %></p>
  <p class="faint"><%= alert.state %></p>
</li>
<% } %>
</ul>
<% } %>
<% if (it.form) { %>
<form method="post">
  <% if (it.form.problem) { %><p class="problem" role="alert"><%= it.form.problem %></p><% } %>
  <% if (it.form.asks !== 'nothing') { %>
  <label>Your name<input name="owner" required maxlength="60" autocomplete="name" value="<%= it.form.owner %>"></label>
  <label><%= it.form.asks === 'remark and time' ? 'Reason' : 'What you do about it' %><input name="comment" maxlength="500" value="<%= it.form.comment %>"></label>
  <% } %>
  <% if (it.form.asks === 'remark and time') { %>
  <label>For<select name="for"><% for (const [value, text] of it.lasting) { %><option value="<%= value %>"><%= text %></option><% } %></select></label>
  <% } %>
  <button name="action" value="<%= it.form.action %>"><%= it.form.button %></button>
</form>
<p class="faint">Nothing is done before you press the button.</p>
<% } %>
<p><a href="../">Open Visor</a></p>
</main>
</body>
</html>
`

const eta = new Eta()

/** The page as HTML, without scripts. */
export function printActPage({ form, alerts, query, ...page }: ActPage): string {
  return eta.renderString(TEMPLATE, {
    ...page,
    heading: printable(page.heading),
    style: STYLE,
    lasting: LASTING,
    query: query === undefined ? undefined : printable(query, 2000),
    alerts: alerts.map(rowOf),
    form: form && { ...form, owner: form.owner ?? '', comment: form.comment ?? '', action: form.action ?? '' }
  })
}

function rowOf(alert: Alert): Record<string, string> {
  const { severity, title, labels, evaluation, since, resolved, acknowledged, phase } = alert
  const over = resolved === undefined ? '' : `, over since ${utcText(resolved)}`
  const taken = acknowledged ? `; ${acknowledged.owner} has it in hand` : ''
  const comment = acknowledged?.comment ? `: ${acknowledged.comment}` : ''
  return {
    severity: phase === 'resolved' ? 'resolved' : severity,
    badge: phase === 'resolved' ? 'resolved' : severity,
    title: printable(title),
    labels: printable(Object.values(labels).join(', ')),
    summary: printable(evaluation.summary, 500),
    state: printable(`since ${utcText(since)}${over}${taken}${comment}`, 700)
  }
}
