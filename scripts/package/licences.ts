import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { builtInPackages, type Locked } from './packages.ts'

/** The file that names each package and holds its licence. */
export const LICENCES = 'THIRD-PARTY-LICENSES.txt'

const INTRODUCTION = `Visor contains the packages below, each under its own licence. Visor itself is under the licence in LICENSE.
`

/** Writes the licences of these packages, and of those that the build puts into dist, into the folder where the packages lie. */
export function writeLicences(folder: string, packages: readonly Locked[]): void {
  const all = [
    ...packages.map(one => ({ one, at: join(folder, one.path) })),
    ...builtInPackages().map(one => ({ one, at: one.path }))
  ].sort((a, b) => (a.one.path < b.one.path ? -1 : 1))
  const sections = all.map(({ one, at }) => sectionOf(one, at))
  writeFileSync(join(folder, LICENCES), [INTRODUCTION, ...sections].join(`\n${'-'.repeat(80)}\n\n`))
}

function sectionOf({ name, version, license }: Locked, folder: string): string {
  const texts = licenceFiles(folder).map(file => readFileSync(join(folder, file), 'utf8').trim())
  const terms = texts.length > 0 ? texts.join('\n\n') : 'The package brings no text of its licence.'
  return `${name} ${version}\n${license ?? 'licence unknown'}\n\n${terms}\n`
}

function licenceFiles(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter(file => /^(?:.*licen[cs]e|notice|copying)[^/]*$/i.test(file) && !/\.[cm]?js$/.test(file))
    .sort()
}
