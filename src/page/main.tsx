import { render } from 'preact'
import 'uplot/dist/uPlot.min.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/layout.css'
import './styles/header.css'
import './styles/sources.css'
import './styles/charts.css'
import './styles/tables.css'
import './styles/lines.css'
import { App } from './app.tsx'
import { followServer } from './state/live.ts'
import { followSummary } from './state/summary.ts'
import { applyTheme } from './state/theme.ts'

const root = document.getElementById('app')
if (root) {
  applyTheme()
  followServer()
  followSummary()
  render(<App />, root)
}
