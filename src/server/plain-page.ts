import { createHash } from 'node:crypto'
import { Eta } from 'eta'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { customProperties } from '../core/palette.ts'
import { printable } from '../core/visible.ts'

/** A small page without scripts. */
export interface PlainPage {
  /** May be text of a log. */
  readonly heading: string
  readonly tone: 'ask' | 'done' | 'wrong'
  /** HTML, in which all text is escaped. */
  readonly body: string
}

/** Its look, after that of the page itself. */
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
form { display: grid; gap: 12px; margin: 14px 0; }
label { display: grid; gap: 3px; font-size: 12px; color: var(--ink-2); }
input, select { padding: 8px 10px; font: inherit; font-size: 16px; color: var(--ink); background: var(--surface);
  border: 1px solid var(--rule-strong); border-radius: 6px; }
button { padding: 10px 16px; font: inherit; font-weight: 600; color: var(--on-accent); background: var(--accent); border: 0;
  border-radius: 6px; cursor: pointer; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`

/** The options of its routes: one style, forms that lead back to this server. */
export const PLAIN_PAGE = {
  helmet: {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: [`'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"]
      }
    }
  }
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
<%~ it.body %>
</main>
</body>
</html>
`

const eta = new Eta()

/** A part of a page by a template of Eta. */
export function plainPart(template: string, values: object): string {
  return eta.renderString(template, values)
}

/** Answers with a page, which is not to be kept. */
export function sendPlainPage(reply: FastifyReply, status: number, page: PlainPage): FastifyReply {
  const html = eta.renderString(TEMPLATE, { ...page, heading: printable(page.heading), style: STYLE })
  return reply.code(status).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(html)
}

/** Takes what HTML's forms send, as an object of texts. */
export function takeForms(server: FastifyInstance): void {
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body))))
  )
}
