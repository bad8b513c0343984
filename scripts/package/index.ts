/**
 * Makes what is given away: `node scripts/package/index.ts [ARTEFACT...]`, all into dist-package. What is built must be fresh
 * (`npm run package` builds it), and the same sources give the same bytes.
 */
import { rmSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { packDeb } from './deb.ts'
import { packNpm } from './npm.ts'
import { packTarball } from './tarball.ts'

const OUTPUT = resolve('dist-package')
const WORK = resolve(OUTPUT, 'work')

const ARTEFACTS: Readonly<Record<string, () => string>> = {
  npm: () => packNpm(OUTPUT, WORK),
  'tarball-x64': () => packTarball(OUTPUT, WORK, 'x64'),
  'tarball-arm64': () => packTarball(OUTPUT, WORK, 'arm64'),
  'deb-x64': () => packDeb(OUTPUT, WORK, 'x64'),
  'deb-arm64': () => packDeb(OUTPUT, WORK, 'arm64')
}

const asked = process.argv.slice(2)
for (const name of asked.length > 0 ? asked : Object.keys(ARTEFACTS)) {
  const make = ARTEFACTS[name]
  if (!make) throw new Error(`no artefact ${name}; there are ${Object.keys(ARTEFACTS).join(', ')}`)
  const file = make()
  console.log(`${file} ${(statSync(file).size / 1e6).toFixed(1)} MB`)
}
rmSync(WORK, { recursive: true, force: true })
