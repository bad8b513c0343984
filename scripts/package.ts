/**
 * Writes what is published: `node scripts/package.ts [FOLDER]` (dist-package when not given), for `npm publish FOLDER`.
 * The root's package.json stays private, since it brings a Node of its own for development.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const CONTENT = ['bin', 'dist', 'docs', 'README.md', 'CHANGELOG.md', 'LICENSE']
const DEVELOPMENT = new Set(['private', 'scripts', 'devDependencies', 'optionalDependencies', 'overrides'])

const folder = process.argv[2] ?? 'dist-package'
const manifest: Record<string, unknown> = JSON.parse(readFileSync('package.json', 'utf8'))
const published = Object.entries(manifest).filter(([key]) => !DEVELOPMENT.has(key))

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
for (const name of CONTENT)
  cpSync(name, join(folder, name), { recursive: true, filter: path => path !== join('docs', 'templates') })
writeFileSync(
  join(folder, 'package.json'),
  `${JSON.stringify({ ...Object.fromEntries(published), files: CONTENT }, null, 2)}\n`
)
