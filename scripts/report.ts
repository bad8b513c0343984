/**
 * Bundles what draws a report as one HTML file into dist/report/render.mjs: components of the page, drawn without a browser, with the
 * style sheet and the script that the file gets.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { rolldown } from 'rolldown'
import { build } from 'vite'
import { pageOptions } from '../vite.config.ts'

export async function buildReport(): Promise<void> {
  const script = await clientScript()
  const icon = readFileSync('src/page/public/icon.svg', 'utf8').replaceAll(/>\s+</g, '><').trim()
  const { version }: { version: string } = JSON.parse(readFileSync('package.json', 'utf8'))
  await build({
    ...pageOptions,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: true },
    define: {
      SCRIPT: JSON.stringify(script),
      SCRIPT_HASH: JSON.stringify(`sha256-${createHash('sha256').update(script).digest('base64')}`),
      ICON: JSON.stringify(`data:image/svg+xml,${encodeURIComponent(icon)}`),
      MAKER: JSON.stringify(`Visor ${version}`),
      'process.env.NODE_ENV': JSON.stringify('production')
    },
    build: {
      ssr: 'report/render.tsx',
      outDir: '../../dist/report',
      emptyOutDir: true,
      target: 'node22',
      cssMinify: true,
      cssTarget: 'es2022',
      minify: true,
      rolldownOptions: { output: { entryFileNames: 'render.mjs' } }
    }
  })
}

/** What runs in the report, as one function without a name. */
async function clientScript(): Promise<string> {
  const bundle = await rolldown({ input: 'src/page/report/client/main.ts', platform: 'browser' })
  const { output } = await bundle.generate({ format: 'iife', minify: true })
  await bundle.close()
  return output[0].code.trim()
}
