import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

function manifest(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path, 'utf8'))
}

function run(command: string, ...args: string[]): string {
  return execFileSync(process.execPath, [command, ...args], { encoding: 'utf8', stdio: 'pipe' })
}

describe('the published package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'visor-package-'))
  const unpacked = join(folder, 'package')
  afterAll(() => rmSync(folder, { recursive: true }))

  let files: string[] = []
  beforeAll(() => {
    const packing = join(folder, 'packing')
    execFileSync(process.execPath, ['scripts/package.ts', packing])
    const output = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
      cwd: packing,
      encoding: 'utf8'
    })
    const [packed]: { filename: string; files: { path: string }[] }[] = JSON.parse(output)
    files = packed?.files.map(file => file.path) ?? []
    execFileSync('tar', ['-xzf', join(folder, packed?.filename ?? ''), '-C', folder])
    symlinkSync(resolve('node_modules'), join(unpacked, 'node_modules'))
  })

  it('brings no Node, no development tool, no script that runs at its installation', () => {
    const text = readFileSync(join(unpacked, 'package.json'), 'utf8')
    expect(text).not.toContain('node-linux')
    expect(Object.keys(manifest(join(unpacked, 'package.json'))).sort()).toEqual(
      ['bin', 'dependencies', 'description', 'engines', 'files', 'license', 'name', 'type', 'version'].sort()
    )
    expect(manifest('package.json')).toMatchObject({ private: true })
  })

  it('has all that runs and is read, and nothing else', () => {
    for (const path of [
      'bin/visor.js',
      'dist/cli/main.js',
      'dist/scanner/kernel.wasm',
      'dist/page/index.html',
      'LICENSE',
      'README.md'
    ])
      expect(files).toContain(path)
    expect(
      files.filter(path => /\.tsx?$|\.test\.|\/testing\/|^(src|test|scripts|bench)\//.test(path))
    ).toEqual([])
  })

  it('runs', () => {
    const bin = join(unpacked, 'bin/visor.js')
    expect(run(bin, '--version').trim()).toBe(manifest('package.json')['version'])
    expect(run(bin, 'parse', 'test/samples/duration.log', '-f', '%h %l %u %t "%r" %>s %b %D')).toContain(
      '"path":"/slow"'
    )
    expect(run(bin, 'report', 'test/samples/combined.log')).toContain(
      '8 read = 6 parsed + 2 rejected + 0 late'
    )
  })
})
