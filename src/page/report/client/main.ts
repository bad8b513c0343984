import { drawCharts } from './charts.ts'
import { makeTables } from './tables.ts'

// What a script alone can use is shown by it.
for (const element of document.querySelectorAll<HTMLElement>('[data-script]')) element.hidden = false

const root = document.documentElement
document.querySelector('[data-theme-button]')?.addEventListener('click', () => {
  const dark =
    root.dataset['theme'] ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')
  root.dataset['theme'] = dark === 'dark' ? 'light' : 'dark'
})

makeTables()
drawCharts()
