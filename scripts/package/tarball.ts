import { join } from 'node:path'
import { writeArchive } from './archive.ts'
import { place, writeInstalled } from './installed.ts'
import type { Cpu } from './packages.ts'
import { manifest } from './tree.ts'

/** Writes `visor-VERSION-linux-CPU.tar.gz`: one folder with Visor and its Node, to be unpacked anywhere and run. */
export function packTarball(output: string, work: string, cpu: Cpu): string {
  const name = `visor-${manifest().version}-linux-${cpu}`
  const folder = join(work, name)
  writeInstalled(folder, cpu, work)
  for (const file of ['README.md', 'LICENSE']) place(file, join(folder, file))
  return writeArchive(join(output, `${name}.tar.gz`), work, name)
}
