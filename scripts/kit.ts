/**
 * Bundles the Spark engine's worker into dist/spark/kit: all that an executor needs beside Node. Modules become one file and
 * few that are loaded by need, since reading hundreds of them takes longer than a small task.
 */
import { copyFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown, type Plugin } from 'rolldown'

const ENTRY = 'src/engines/spark/worker/main.ts'
const LAUNCHER = 'src/engines/spark/worker/launch.sh'
const KIT = 'dist/spark/kit'

/** What is found by its package's name when it is needed: the database of countries and its reader. */
const PACKAGES = {
  '@ip-location-db/geo-whois-asn-country-mmdb': ['package.json', 'geo-whois-asn-country.mmdb', 'NRO_LICENSE'],
  'mmdb-lib': ['package.json', 'lib', 'LICENSE']
}

/** The Kafka client compiles the checks of its options when it is loaded: 0.2 s in a worker that lives for less. */
const AJV = fileURLToPath(new URL('kit-ajv.ts', import.meta.url))

const FILE = /new URL\('([^']+\.wasm)', import\.meta\.url\)/g

/** Files beside a module are put beside the bundle. */
const files: Plugin = {
  name: 'files',
  transform: (code, id) =>
    code.includes('.wasm')
      ? code.replaceAll(FILE, (_, path: string) => {
          const file = join(dirname(id), path)
          copyFileSync(file, join(KIT, basename(file)))
          return `new URL('./${basename(file)}', import.meta.url)`
        })
      : undefined
}

export async function buildKit(): Promise<void> {
  rmSync(KIT, { recursive: true, force: true })
  mkdirSync(KIT, { recursive: true })
  const bundle = await rolldown({
    input: ENTRY,
    platform: 'node',
    plugins: [files],
    treeshake: { moduleSideEffects: id => !id.includes('/@platformatic/') },
    resolve: { alias: { 'ajv/dist/2020.js': AJV, 'ajv/dist/2020': AJV, ajv: AJV } }
  })
  await bundle.write({
    dir: KIT,
    format: 'esm',
    minify: true,
    entryFileNames: 'worker.mjs',
    chunkFileNames: '[name]-[hash].mjs'
  })
  await bundle.close()
  copyFileSync(LAUNCHER, join(KIT, basename(LAUNCHER)))
  const require = createRequire(import.meta.url)
  for (const [name, content] of Object.entries(PACKAGES)) {
    const folder = dirname(require.resolve(`${name}/package.json`))
    const target = join(KIT, 'node_modules', name)
    const filter = (path: string): boolean => !path.endsWith('.d.ts')
    for (const file of content) cpSync(join(folder, file), join(target, file), { recursive: true, filter })
  }
  writeFileSync(join(KIT, 'package.json'), `${JSON.stringify({ type: 'module' })}\n`)
}
