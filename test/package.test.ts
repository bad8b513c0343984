import { execFileSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packNpm } from '../scripts/package/npm.ts'
import { BUILT_IN } from '../scripts/package/packages.ts'
import { firstDay } from './first-day.ts'
import { ownFolder } from './folder.ts'

function json(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path, 'utf8'))
}

/** Names of packages, as imports and listings have them. */
const nameOf = (path: string): string => path.replace(/^((?:@[^/]+\/)?[^/]+).*$/, '$1')

describe('the package for npm', () => {
  const folder = mkdtempSync(join(tmpdir(), 'visor-package-'))
  const prefix = join(folder, 'prefix')
  const installed = join(prefix, 'lib', 'node_modules', 'visor')
  const env = { PATH: process.env['PATH'], HOME: join(folder, 'home') }
  const visor = (...args: string[]): string =>
    execFileSync(join(prefix, 'bin', 'visor'), args, { encoding: 'utf8', env })
  afterAll(() => rmSync(folder, { recursive: true }))

  let archive = ''
  let files: string[] = []
  beforeAll(() => {
    archive = packNpm(folder, join(folder, 'work'))
    const listed = execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' })
    files = listed.split('\n').map(path => path.replace(/^package\//, ''))
    mkdirSync(prefix)
    const install = ['install', '--global', '--prefer-offline', '--no-audit', '--no-fund', '--prefix', prefix]
    execFileSync('npm', [...install, archive], { stdio: 'pipe' })
  })

  it('brings no Node, no development tool, no script that runs at its installation', () => {
    const manifest = json(join(installed, 'package.json'))
    expect(JSON.stringify(manifest)).not.toContain('node-linux')
    expect(Object.keys(manifest).sort()).toEqual(
      'bin bundleDependencies dependencies description engines files license man name type version'.split(' ')
    )
    expect(json('package.json')).toMatchObject({ private: true })
  })

  it('puts the page of the manual where `man visor` finds it', () => {
    const page = readFileSync(join(prefix, 'share', 'man', 'man1', 'visor.1'), 'utf8')
    expect(page).toBe(readFileSync('docs/shell/visor.1', 'utf8'))
  })

  it('has all that runs and is read, and nothing else', () => {
    for (const path of [
      'bin/visor.js',
      'dist/cli/main.js',
      'dist/scanner/kernel.wasm',
      'dist/spark/kit/worker.mjs',
      'dist/page/index.html',
      'LICENSE',
      'THIRD-PARTY-LICENSES.txt',
      'sbom.cdx.json',
      'README.md'
    ])
      expect(files).toContain(path)
    expect(
      files.filter(path => /\.tsx?$|\.test\.|\/testing\/|^(src|test|scripts|bench)\//.test(path))
    ).toEqual([])
  })

  it('brings all packages in the versions of package-lock.json, but those with native parts', () => {
    const { packages }: { packages: Record<string, { version: string }> } = JSON.parse(
      readFileSync('package-lock.json', 'utf8')
    )
    const brought = globSync('node_modules/{*,@*/*}/package.json', { cwd: installed })
    expect(brought.length).toBeGreaterThan(90)
    for (const path of brought) {
      const { version } = json(join(installed, path))
      expect(version, path).toBe(packages[path.replace('/package.json', '')]?.version)
    }
    const problems = execFileSync('npm', ['ls', '--all', '--omit=optional'], {
      cwd: installed,
      encoding: 'utf8'
    })
    expect(problems).not.toMatch(/missing|invalid|extraneous/)
  })

  it('takes no more than 150 MB with all it needs', () => {
    const bytes = globSync('**', { cwd: installed })
      .map(path => statSync(join(installed, path)))
      .reduce((sum, { blocks }) => sum + blocks * 512, 0)
    expect(bytes / 1e6).toBeGreaterThan(50)
    expect(bytes / 1e6).toBeLessThan(150)
  })

  it('names the licence of each package that is in it, and lists it as CycloneDX', () => {
    const licences = readFileSync(join(installed, 'THIRD-PARTY-LICENSES.txt'), 'utf8')
    const bill: { components: { name: string; version: string; hashes?: unknown }[] } = JSON.parse(
      readFileSync(join(installed, 'sbom.cdx.json'), 'utf8')
    )
    for (const path of files.filter(path =>
      /^node_modules\/(?:[^@/]+|@[^/]+\/[^/]+)\/package\.json$/.test(path)
    )) {
      const name = nameOf(path.replace('node_modules/', ''))
      const { version } = json(join(installed, path))
      expect(licences).toContain(`\n${name} ${String(version)}\n`)
      expect(bill.components).toContainEqual(
        expect.objectContaining({ name, version, hashes: expect.anything() })
      )
    }
    expect(licences).not.toContain('licence unknown')
  })

  it('names those that are built into the page', () => {
    const development = new Set(Object.keys(Object(json('package.json')['devDependencies'])))
    const used = globSync('src/page/**/*.{ts,tsx}', { exclude: path => path.includes('.test.') })
      .flatMap(path => Array.from(readFileSync(path, 'utf8').matchAll(/from '(?<name>[^.'][^']*)'/g)))
      .map(({ groups }) => nameOf(groups?.['name'] ?? ''))
      .filter(name => development.has(name))
      .filter(name => !['fast-check', 'vitest'].includes(name))
    expect(BUILT_IN).toEqual(expect.arrayContaining([...new Set(used)]))
  })

  it('runs', () => {
    expect(visor('--version').trim()).toBe(json('package.json')['version'])
    expect(
      visor('parse', resolve('test/samples/duration.log'), '-f', '%h %l %u %t "%r" %>s %b %D')
    ).toContain('"path":"/slow"')
    expect(visor('report', resolve('test/samples/combined.log'))).toContain(
      '8 read = 6 parsed + 2 rejected + 0 late'
    )
    expect(
      existsSync(join(installed, 'node_modules/@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf'))
    ).toBe(true)
  })

  // Other Nodes to try it under are named by VISOR_NODES, their paths with colons between them.
  it.each([process.execPath, ...(process.env['VISOR_NODES']?.split(':') ?? [])])(
    'is all that is needed on the first day, over the store of an older Visor, under %s',
    async node => {
      const env = { PATH: `${dirname(node)}:/usr/bin:/bin` }
      await firstDay({ program: [join(prefix, 'bin', 'visor')], env }, ownFolder('package'))
    }
  )

  it.skipIf(!process.env['VISOR_PACKAGES'])('is the same when it is made again', () => {
    const bytes = readFileSync(archive)
    expect(readFileSync(packNpm(folder, join(folder, 'work'))).equals(bytes)).toBe(true)
  })
})
