import type { Disk } from './disk.ts'
import type { Place, Remark } from './found.ts'

const MAX_FILES = 2000

/** Reads the files of a configuration, and keeps which they were and what was seen in them and not used. */
export class ConfigReader {
  readonly files: string[] = []
  readonly remarks: Remark[] = []
  readonly disk: Disk
  readonly #maxDepth: number

  /** `maxDepth`: how deep files may be included within others. */
  constructor(disk: Disk, maxDepth: number) {
    this.disk = disk
    this.#maxDepth = maxDepth
  }

  remark(place: Place, text: string): void {
    this.remarks.push({ place, text })
  }

  /** The text of a file that is named at `from`; `undefined`, with a remark, where it is not read. */
  textOf(path: string, from: Place, depth: number): string | undefined {
    if (depth > this.#maxDepth || this.files.length >= MAX_FILES) {
      this.remark(from, `${path} is not read: includes are nested too deep, or there are too many`)
      return undefined
    }
    const file = this.disk.read(path)
    if ('text' in file) this.files.push(path)
    else this.remark(from, `${path} cannot be read: ${file.problem}`)
    return 'text' in file ? file.text : undefined
  }
}
