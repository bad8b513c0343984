import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeArchive } from './archive.ts'
import { LICENCES } from './licences.ts'
import { SBOM } from './sbom.ts'
import { CONTENT, jsonText, manifest, writeTree } from './tree.ts'

/**
 * Have parts for each platform, which npm chooses where it installs. Kafka's client does without `@node-rs/crc32`, with a
 * WebAssembly of its own: npm installs nothing optional for a package that is brought along.
 */
const NATIVE = /^@(?:duckdb|resvg|node-rs)\//

/** The folder in every archive of npm. */
const FOLDER = 'package'

/**
 * Writes `visor-VERSION.tgz` for `npm install`: dependencies are in it, in the versions that were tested and without what is
 * never read, except those with native parts.
 */
export function packNpm(output: string, work: string): string {
  const folder = join(work, FOLDER)
  rmSync(folder, { recursive: true, force: true })
  const packages = writeTree(folder, undefined, join(work, 'fetched'))
  for (const { name, path } of packages)
    if (NATIVE.test(name)) rmSync(join(folder, path), { recursive: true })
  const published = manifest()
  const bundled = Object.keys(published.dependencies).filter(name => !NATIVE.test(name))
  const files = [...CONTENT, LICENCES, SBOM]
  const settings = { ...published, files, man: ['docs/shell/visor.1'], bundleDependencies: bundled }
  writeFileSync(join(folder, 'package.json'), jsonText(settings))
  return writeArchive(join(output, `${published.name}-${published.version}.tgz`), work, FOLDER)
}
