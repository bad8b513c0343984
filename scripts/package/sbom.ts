import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { sourceDate } from './archive.ts'
import { builtInPackages, type Locked } from './packages.ts'

/** The software bill of materials, as CycloneDX in JSON. */
export const SBOM = 'sbom.cdx.json'

/**
 * What `npm sbom` says of a package with exactly these others, and with those that the build puts into dist, by their hashes;
 * the same each time it is made.
 */
export function writeSbom(
  folder: string,
  manifest: { readonly name: string; readonly version: string; readonly dependencies: object },
  packages: readonly Locked[]
): void {
  // npm gives the bill the name of the folder.
  const lock = join(mkdtempSync(join(tmpdir(), 'visor-sbom-')), manifest.name)
  try {
    mkdirSync(lock)
    const builtIn = builtInPackages()
    const all = [
      ...packages.map(({ path, entry }) => [path, entry]),
      // What they need themselves is built in too, and in the list, or left out.
      ...builtIn.map(({ path, version, integrity, license }) => [path, { version, integrity, license }])
    ]
    const direct = [...builtIn, ...packages.filter(({ name }) => name.startsWith('node-linux-'))]
    const versions = Object.fromEntries(direct.map(({ name, version }) => [name, version]))
    const root = { ...manifest, dependencies: { ...manifest.dependencies, ...versions } }
    const { name, version } = manifest
    const locked = { name, version, lockfileVersion: 3, requires: true }
    writeFileSync(join(lock, 'package.json'), JSON.stringify(root))
    writeFileSync(
      join(lock, 'package-lock.json'),
      JSON.stringify({ ...locked, packages: { '': root, ...Object.fromEntries(all) } })
    )
    const sbom = ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application', '--package-lock-only']
    const made = execFileSync('npm', sbom, { cwd: lock, encoding: 'utf8', maxBuffer: 1 << 26 })
    writeFileSync(join(folder, SBOM), reproducible(made))
  } finally {
    rmSync(dirname(lock), { recursive: true })
  }
}

/** With a time and a number that follow from the sources. */
function reproducible(text: string): string {
  const bill: { serialNumber: string; metadata: { timestamp: string } } = JSON.parse(text)
  bill.metadata.timestamp = new Date(sourceDate() * 1000).toISOString()
  bill.serialNumber = ''
  const hash = createHash('sha256').update(JSON.stringify(bill)).digest('hex')
  const uuid = hash.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-5$3-8$4-$5')
  bill.serialNumber = `urn:uuid:${uuid}`
  return `${JSON.stringify(bill, null, 2)}\n`
}
