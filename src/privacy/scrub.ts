import type { Scrub } from '../scanner/index.ts'
import { PROSE, SecretMask } from './mask.ts'
import type { ScrubSettings } from './settings.ts'
import { SHORTEST_SHAPE } from './shapes.ts'

/** A scrub that masks secrets; `undefined` where nothing is to be masked. Pure. */
export function scrubOf(settings: ScrubSettings): Scrub | undefined {
  if (settings === false) return undefined
  const mask = new SecretMask(settings === true ? {} : settings)
  const scrub = (field: string, value: Uint8Array, name?: string): Uint8Array | undefined => {
    const text = Buffer.from(value.buffer, value.byteOffset, value.length).toString('latin1')
    const masked = mask.masked(field, text, name)
    return masked === undefined ? undefined : Buffer.from(masked, 'latin1')
  }
  return mask.plain
    ? Object.assign(scrub, { look: (field: string) => (PROSE.test(field) ? undefined : mayHold) })
    : scrub
}

/** What a byte may be: part of a word 1, one that words of prose rarely have 2, `%` 3, `:` 4, `=` and `@` 5; 0 is none of that. */
const KINDS = new Uint8Array(256)
for (const char of 'abcdefghijklmnopqrstuvwxyz-') KINDS[char.charCodeAt(0)] = 1
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_') KINDS[char.charCodeAt(0)] = 2
KINDS[0x25] = 3
KINDS[0x3a] = 4
KINDS[0x3d] = KINDS[0x40] = 5

/**
 * Whether bytes may hold a secret at all: most values do not, and are let pass with a look at each byte.
 */
function mayHold(bytes: Uint8Array, from: number, to: number): boolean {
  let run = 0
  let odd = 0
  for (let i = from; i < to; i++) {
    const kind = KINDS[bytes[i]!]!
    if (kind === 1 || kind === 2) {
      odd |= kind
      if (++run >= SHORTEST_SHAPE && odd > 1) return true
      continue
    }
    run = odd = 0
    if (kind === 0) continue
    if (kind === 5) return true
    const next = bytes[i + 1]
    // `%3D`, `%253A`, `%40`; a `:` that is not that of `://`.
    if (
      kind === 3 ? next === 0x33 || next === 0x34 || (next === 0x32 && bytes[i + 2] === 0x35) : next !== 0x2f
    )
      return true
  }
  return false
}
