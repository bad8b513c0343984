import { chmodSync, copyFileSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Cpu } from './packages.ts'
import { writeTree } from './tree.ts'

/** Where shells look for completions below `share`. */
const COMPLETIONS = {
  'visor.bash': 'bash-completion/completions/visor',
  _visor: 'zsh/vendor-completions/_visor',
  'visor.fish': 'fish/vendor_completions.d/visor.fish'
}

/** What executors get has the database of countries too: the same bytes, which need to be there once. */
const DATABASE = 'node_modules/@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb'

/**
 * Writes Visor with a Node into a folder, as it lies in /usr or anywhere else: `bin/visor`, and the rest in `lib` and `share`.
 */
export function writeInstalled(folder: string, cpu: Cpu, work: string): void {
  rmSync(folder, { recursive: true, force: true })
  const program = join(folder, 'lib', 'visor')
  writeTree(program, cpu, join(work, 'fetched'))
  rmSync(join(program, 'dist', 'spark', 'kit', DATABASE))
  linkSync(join(program, DATABASE), join(program, 'dist', 'spark', 'kit', DATABASE))
  place('packaging/launcher.sh', join(folder, 'bin', 'visor'), 0o755)
  const share = join(folder, 'share')
  for (const [from, to] of Object.entries(COMPLETIONS)) place(`docs/shell/${from}`, join(share, to))
  mkdirSync(join(share, 'man', 'man1'), { recursive: true })
  const page = gzipSync(readFileSync('docs/shell/visor.1'), { level: 9 })
  writeFileSync(join(share, 'man', 'man1', 'visor.1.gz'), page)
}

/** Copies a file to where it is to be, with its folders. */
export function place(from: string, to: string, mode = 0o644): void {
  mkdirSync(dirname(to), { recursive: true })
  copyFileSync(from, to)
  chmodSync(to, mode)
}
