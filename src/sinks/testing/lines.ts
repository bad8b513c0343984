import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** The lines of a file, the one without an end last; none when it is not there. */
export function linesIn(path: string): string[] {
  if (!existsSync(path)) return []
  const bytes = readFileSync(path)
  return split((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString())
}

export function split(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}

/** Waits until it is so. */
export async function until(met: () => boolean): Promise<void> {
  for (let tries = 0; !met(); tries++) {
    if (tries > 4000) throw new Error(`waited in vain for ${String(met)}`)
    await new Promise(done => setTimeout(done, 5))
  }
}
