import { defineConfig, type Plugin } from 'vite'
import { customProperties } from './src/core/palette.ts'

/** The colours as custom properties at the end of the page's style sheet. */
const palette: Plugin = {
  name: 'palette',
  enforce: 'pre',
  transform: (code, id) =>
    id.endsWith('/styles/index.css')
      ? `${code}:root{${customProperties('light')}}:root[data-theme='dark']{${customProperties('dark')}}`
      : undefined
}

/** The page: built from src/page into dist/page, with relative addresses so that it works below any path. */
export default defineConfig({
  root: 'src/page',
  base: './',
  plugins: [palette],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../dist/page',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: false
  }
})
