import { execFileSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { systemUnit } from '../../src/cli/init/unit.ts'
import { sourceDate } from './archive.ts'
import { place, writeInstalled } from './installed.ts'
import type { Cpu } from './packages.ts'
import { manifest } from './tree.ts'

/** How Debian calls processors. */
const ARCHITECTURES: Readonly<Record<Cpu, string>> = { x64: 'amd64', arm64: 'arm64' }

const CONFIG = '/etc/visor/visor.yaml'

/** Writes `visor_VERSION_ARCHITECTURE.deb`: Visor with its Node in /usr, a service, its user and its configuration. */
export function packDeb(output: string, work: string, cpu: Cpu): string {
  const { version } = manifest()
  const root = join(work, `deb-${cpu}`)
  rmSync(root, { recursive: true, force: true })
  writeInstalled(join(root, 'usr'), cpu, work)
  const unit = join(root, 'usr/lib/systemd/system/visor.service')
  mkdirSync(join(unit, '..'), { recursive: true })
  writeFileSync(unit, systemUnit({ command: ['/usr/bin/visor'], config: CONFIG }))
  place('packaging/debian/visor.yaml', join(root, CONFIG))
  writeDocumentation(join(root, 'usr/share/doc/visor'), version)
  const kilobytes = globSync('usr/**', { cwd: root })
    .map(path => Math.ceil(statSync(join(root, path)).size / 1024))
    .reduce((sum, size) => sum + size, 0)
  const about = join(root, 'DEBIAN')
  for (const script of ['postinst', 'prerm', 'postrm'])
    place(`packaging/debian/${script}`, join(about, script), 0o755)
  writeFileSync(join(about, 'conffiles'), `${CONFIG}\n`)
  writeFileSync(join(about, 'control'), control(version, ARCHITECTURES[cpu], kilobytes))
  execFileSync('chmod', ['-R', 'u=rwX,go=rX', root])
  mkdirSync(output, { recursive: true })
  const file = join(output, `visor_${version}_${ARCHITECTURES[cpu]}.deb`)
  execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '-z1', '--build', root, file], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(sourceDate()) },
    stdio: 'pipe'
  })
  return file
}

function control(version: string, architecture: string, kilobytes: number): string {
  return `Package: visor
Version: ${version}
Architecture: ${architecture}
Maintainer: The developers of Visor <visor@localhost>
Installed-Size: ${kilobytes}
Depends: libc6 (>= 2.28), libstdc++6, adduser
Section: web
Priority: optional
Description: real-time monitor of web servers' logs
 Visor follows the logs of Apache httpd and nginx, counts each line exactly, and
 shows them on a live page. It sends alerts and reports, and finds stored lines.
 The service is started by: systemctl enable --now visor
`
}

function writeDocumentation(folder: string, version: string): void {
  mkdirSync(folder, { recursive: true })
  const licence = readFileSync('LICENSE', 'utf8')
  const third = 'Packages within it: /usr/lib/visor/THIRD-PARTY-LICENSES.txt\n'
  writeFileSync(join(folder, 'copyright'), `Visor ${version}\n\n${licence}\n${third}`)
  const changes = gzipSync(readFileSync('CHANGELOG.md'), { level: 9 })
  writeFileSync(join(folder, 'changelog.gz'), changes)
}
