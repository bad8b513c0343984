// oxlint-disable-next-line import/no-unassigned-import -- what is imported after it reads the language as it is loaded
import './state/language.ts'
import { render } from 'preact'
import { Page } from './app.tsx'
import { followAlerts } from './state/alerts.ts'
import { followCaller } from './state/caller.ts'
import { followServer } from './state/live.ts'
import { followQuery } from './state/search.ts'
import { followSummary } from './state/summary.ts'
import { applyTheme } from './state/theme.ts'

const root = document.getElementById('app')
if (root) {
  applyTheme()
  followServer()
  followCaller()
  followAlerts()
  followSummary()
  followQuery()
  render(<Page />, root)
}
