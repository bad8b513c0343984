import type { Alert } from '../../alerts/model.ts'
import { utcText } from '../../core/units.ts'
import { printable } from '../../core/visible.ts'
import { plainPart, type PlainPage } from '../plain-page.ts'

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

const BODY = `<p><%= it.summary %></p>
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
`

/** The page that shows it. */
export function actPage({ form, alerts, query, heading, tone, summary }: ActPage): PlainPage {
  const body = plainPart(BODY, {
    summary,
    lasting: LASTING,
    query: query === undefined ? undefined : printable(query, 2000),
    alerts: alerts.map(rowOf),
    form: form && { ...form, owner: form.owner ?? '', comment: form.comment ?? '', action: form.action ?? '' }
  })
  return { heading, tone, body }
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
