import { customProperties } from '../../core/palette.ts'

/** The look of the page of a link, after that of the page itself. */
export const STYLE = `
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
