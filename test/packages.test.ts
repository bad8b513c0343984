import { execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packDeb } from '../scripts/package/deb.ts'
import { packTarball } from '../scripts/package/tarball.ts'
import { firstDay } from './first-day.ts'
import { ownFolder } from './folder.ts'
import { visor } from './visor.ts'

/** Minutes of packing: `npm run test:packages` asks for them. */
const asked = Boolean(process.env['VISOR_PACKAGES'])
const has = (program: string): boolean => spawnSync('which', [program]).status === 0
const isRoot = process.geteuid?.() === 0

const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

/** The kinds of processors that programs and libraries in a folder are for, by ELF's own numbers. */
function machinesIn(folder: string): ReadonlySet<number> {
  const files = globSync('**/{node,*.node,*.so}', { cwd: folder }).map(path => join(folder, path))
  const binaries = files.filter(path => statSync(path).isFile()).map(path => readFileSync(path))
  const elf = binaries.filter(bytes => bytes.subarray(0, 4).equals(Buffer.from('\u007fELF')))
  expect(elf.length).toBeGreaterThanOrEqual(5)
  return new Set(elf.map(bytes => bytes.readUInt16LE(18)))
}

const [X86_64, AARCH64] = [62, 183]

describe.skipIf(!asked)('archives and packages with a Node inside', () => {
  const folder = mkdtempSync(join(tmpdir(), 'visor-packages-'))
  const work = join(folder, 'work')
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const unpacked = (archive: string, name: string): string => {
    const to = join(folder, name)
    mkdirSync(to)
    run('tar', '-xzf', archive, '-C', to)
    return globSync('*', { cwd: to }).map(one => join(to, one))[0]!
  }

  describe('the archive for x64', () => {
    let program = ''
    beforeAll(() => {
      const archive = packTarball(folder, work, 'x64')
      expect(statSync(archive).size / 1e6).toBeLessThan(90)
      program = unpacked(archive, 'x64')
    })

    it('is one folder, for this kind of processor alone', () => {
      expect(globSync('*', { cwd: program }).sort()).toEqual(['LICENSE', 'README.md', 'bin', 'lib', 'share'])
      expect([...machinesIn(program)]).toEqual([X86_64])
    })

    it('is all that is needed on the first day, by a link from elsewhere too', async () => {
      const own = ownFolder('archive')
      symlinkSync(join(program, 'bin', 'visor'), join(own, 'linked'))
      await firstDay({ program: [join(own, 'linked')] }, own)
    })
  })

  it('the archive for arm64 has programs for it alone', () => {
    const archive = packTarball(folder, work, 'arm64')
    expect(statSync(archive).size / 1e6).toBeLessThan(90)
    expect([...machinesIn(unpacked(archive, 'arm64'))]).toEqual([AARCH64])
  })

  describe.skipIf(!isRoot || !has('debootstrap') || !has('dpkg-deb'))('the package for Debian', () => {
    const root = join(folder, 'root')
    const inside = (...command: string[]): string =>
      run('chroot', root, '/usr/bin/env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', ...command)
    beforeAll(() => {
      const mirror = run('apt-get', 'indextargets', '--format', '$(SITE)').split('\n')[0]!
      const { VERSION_CODENAME: release = 'stable' } = Object.fromEntries(
        readFileSync('/etc/os-release', 'utf8')
          .split('\n')
          .map(one => one.split('='))
      )
      run('debootstrap', '--variant=minbase', '--include=adduser', release, root, mirror)
      cpSync(packDeb(folder, work, 'x64'), join(root, 'visor.deb'))
    })

    it('brings service, user and configuration, runs on its first day, and leaves nothing when purged', async () => {
      inside('dpkg', '-i', '/visor.deb')
      expect(inside('id', '-Gn', 'visor').trim().split(' ').sort()).toEqual(['adm', 'visor'])
      expect(inside('stat', '-c', '%U:%G %a', '/var/lib/visor', '/etc/visor/visor.yaml').split('\n')).toEqual(
        ['visor:visor 2750', 'root:visor 640', '']
      )
      expect(readFileSync(join(root, 'usr/lib/systemd/system/visor.service'), 'utf8')).toContain(
        'ExecStart=/usr/bin/visor watch --config /etc/visor/visor.yaml\n'
      )
      expect(inside('visor', '--version')).toMatch(/^\d+\.\d+\.\d+\n$/)
      // The same folder has the same path on both sides.
      const own = ownFolder('deb')
      mkdirSync(join(root, own), { recursive: true })
      run('mount', '--bind', own, join(root, own))
      try {
        await firstDay({ program: ['chroot', root, '/usr/bin/visor'] }, own)
      } finally {
        run('umount', join(root, own))
      }
      inside('dpkg', '-i', '/visor.deb')
      inside('dpkg', '--purge', 'visor')
      const left = ['/usr/lib/visor', '/var/lib/visor', '/etc/visor', '/usr/bin/visor', '/var/cache/visor']
      expect(left.filter(path => existsSync(join(root, path)))).toEqual([])
      expect(readFileSync(join(root, 'etc/passwd'), 'utf8')).not.toContain('visor')
    })

    it.skipIf(!has('buildah'))(
      'the container runs as a user of its own on a root that is read only',
      async () => {
        const [base, image] = ['localhost/visor-test-base', 'localhost/visor-test']
        const isolated = ['--isolation', 'chroot']
        const empty = run('buildah', 'from', ...isolated, 'scratch').trim()
        run('buildah', 'copy', '--quiet', empty, root, '/')
        run('buildah', 'commit', '--quiet', '--rm', empty, base)
        const context = join(folder, 'context')
        mkdirSync(join(context, 'dist-package'), { recursive: true })
        cpSync(
          globSync(join(folder, '*-linux-x64.tar.gz'))[0]!,
          join(context, 'dist-package/visor-0-linux-x64.tar.gz')
        )
        const file = resolve('packaging/Containerfile')
        run('buildah', 'bud', ...isolated, '--build-arg', `BASE=${base}`, '-f', file, '-t', image, context)
        const size = run('buildah', 'images', '--json', image)
        expect(Number(/"size": "([\d.]+) MB"/.exec(size)?.[1])).toBeLessThanOrEqual(250)
        const made = run('buildah', 'from', image).trim()
        const at = run('buildah', 'mount', made).trim()
        try {
          run('mount', '--bind', '-o', 'ro', at, at)
          expect(spawnSync('touch', [join(at, 'x')]).status).not.toBe(0)
          const node = ['/usr/local/bin/node', '/usr/local/lib/visor/bin/visor.js']
          const program = ['chroot', '--userspec=7070:7070', at, ...node]
          expect(await visor(['--version'], { program })).toMatchObject({ exit: 0 })
          expect(existsSync(join(at, 'bin/sh'))).toBe(false)
        } finally {
          spawnSync('umount', [at])
          run('buildah', 'rm', made)
          run('buildah', 'rmi', '--force', image, base)
        }
      }
    )
  })
})
