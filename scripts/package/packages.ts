import { readFileSync } from 'node:fs'

/** A package that goes into what is published, as package-lock.json has it. */
export interface Locked {
  readonly name: string
  /** `node_modules/…`, from the root. */
  readonly path: string
  readonly version: string
  readonly integrity?: string
  readonly license?: string
  readonly entry: Readonly<Record<string, unknown>>
}

/** Linux with glibc is what artefacts with Node inside are for. */
export type Cpu = 'x64' | 'arm64'

interface Entry {
  readonly version: string
  readonly integrity?: string
  readonly license?: string
  readonly dev?: boolean
  readonly os?: string | readonly string[]
  readonly cpu?: string | readonly string[]
  readonly libc?: readonly string[]
}

/** Packages that the program needs at run time: on any machine, and beside these for Linux on one kind of processor, Node too. */
export function runtimePackages(cpu?: Cpu): readonly Locked[] {
  const { packages }: { packages: Record<string, Entry> } = JSON.parse(
    readFileSync('package-lock.json', 'utf8')
  )
  return Object.entries(packages)
    .filter(([path, { dev, ...entry }]) => path !== '' && !dev && isFor(cpu, entry))
    .map(([path, entry]) => locked(path, entry))
}

/** Packages for development alone that the build puts into the page, reports or the kernel, by their names. */
export function builtInPackages(): readonly Locked[] {
  const { packages }: { packages: Record<string, Entry> } = JSON.parse(
    readFileSync('package-lock.json', 'utf8')
  )
  return BUILT_IN.map(name => {
    const path = `node_modules/${name}`
    const entry = packages[path]
    if (!entry) throw new Error(`${name} is not in package-lock.json`)
    return locked(path, entry)
  })
}

/** What src/page imports, with what that imports; and the runtime of the kernel's language. */
export const BUILT_IN = [
  '@preact/signals',
  '@preact/signals-core',
  'assemblyscript',
  'preact',
  'preact-render-to-string',
  'uplot'
] as const

function isFor(cpu: Cpu | undefined, entry: Entry): boolean {
  if (entry.os === undefined && entry.cpu === undefined) return true
  return (
    cpu !== undefined &&
    [entry.os].flat().includes('linux') &&
    [entry.cpu].flat().includes(cpu) &&
    (entry.libc ?? ['glibc']).includes('glibc')
  )
}

function locked(path: string, entry: Entry): Locked {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
  const { version, integrity, license } = entry
  return {
    name,
    path,
    version,
    entry: { ...entry },
    ...(integrity !== undefined && { integrity }),
    ...(license !== undefined && { license })
  }
}
