import { defineConfig, type Plugin, type UserConfig } from 'vite'
import { customProperties } from './src/core/palette.ts'

const [light, dark] = [customProperties('light'), customProperties('dark')]

/** The page's script says which it is. */
const PAGE_COLORS = `:root{${light}}:root[data-theme='dark']{${dark}}`

/** A report is read without a script too, and printed in light colours. */
const REPORT_COLORS = `:root{${light}}@media screen{@media (prefers-color-scheme:dark){:root:not([data-theme='light']){color-scheme:dark;${dark}}}:root[data-theme='dark']{${dark}}}`

/** The colours as custom properties at the end of a style sheet. */
const palette: Plugin = {
  name: 'palette',
  enforce: 'pre',
  transform(code, id) {
    const [file = ''] = id.split('?')
    if (file.endsWith('/styles/index.css')) return code + PAGE_COLORS
    return file.endsWith('/styles/report.css') ? code + REPORT_COLORS : undefined
  }
}

/** What the page and reports in HTML have in common. */
export const pageOptions: UserConfig = {
  root: 'src/page',
  plugins: [palette],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } }
}

/** The page: built from src/page into dist/page, with relative addresses so that it works below any path. */
export default defineConfig({
  ...pageOptions,
  base: './',
  build: {
    outDir: '../../dist/page',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: false
  }
})
