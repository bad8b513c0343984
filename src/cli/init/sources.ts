import { basename, dirname } from 'node:path'
import { VisorError } from '../../core/errors.ts'
import { placeText, type Discovery, type FoundLog, type Place } from '../../discovery/index.ts'
import { formatFor } from '../../formats/index.ts'

/** A source of the configuration: a file, with all that is written to it. */
export interface FoundSource {
  readonly name: string
  readonly path: string
  /** In the order in which they are tried; none where the lines decide. */
  readonly formats: readonly string[]
  readonly hosts: readonly string[]
  readonly places: readonly Place[]
  /** Formats that Visor cannot read, and why. */
  readonly problems: readonly string[]
}

/** The logs of some servers as sources: one for each file, named after it. */
export function sourcesOf(discoveries: readonly Discovery[]): FoundSource[] {
  const logs = discoveries.flatMap(discovery => discovery.logs)
  const byPath = Array.from(Map.groupBy(logs, ({ path }) => path))
  const names = namesFor(byPath.map(([path]) => path))
  return byPath.map(([path, all]) => {
    const read = all.filter(({ format }) => format !== '').map(readable)
    const formats = new Set(read.flatMap(one => ('format' in one ? [one.format] : [])))
    const problems = new Set(read.flatMap(one => ('problem' in one ? [one.problem] : [])))
    const places = new Map(all.map(({ place }) => [placeText(place), place]))
    return {
      name: names.get(path) ?? path,
      path,
      // One of several that is not known leaves all to the lines.
      formats: read.length === all.length && problems.size === 0 ? [...formats] : [],
      hosts: [...new Set(all.flatMap(({ hosts }) => hosts))],
      places: [...places.values()],
      problems: [...problems]
    }
  })
}

/** The shortest text for a format: the name of a preset, or the string itself. */
function readable({ format, kind }: FoundLog): { format: string } | { problem: string } {
  try {
    const { name, text } = formatFor(format, kind)
    return { format: name === 'custom' ? text : name }
  } catch (error) {
    if (error instanceof VisorError) return { problem: error.message }
    throw error
  }
}

/** Names after the files, with as much of their folders as makes them different. */
function namesFor(paths: readonly string[]): Map<string, string> {
  const names = new Map<string, string>()
  for (const path of paths) {
    const taken = new Set(names.values())
    const plain = basename(path).replace(/[._-]?log$/i, '')
    let name = plain.replaceAll('*', 'all') || basename(path)
    for (
      let folder = dirname(path);
      taken.has(name) && folder !== dirname(folder);
      folder = dirname(folder)
    ) {
      name = `${basename(folder)}-${name}`
    }
    names.set(path, taken.has(name) ? path : name)
  }
  return names
}
