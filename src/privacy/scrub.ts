import type { Scrub } from '../scanner/index.ts'
import { mayHold, mayHoldInProse } from './look.ts'
import { PROSE, SecretMask } from './mask.ts'
import type { ScrubSettings } from './settings.ts'

/** A scrub that masks secrets; `undefined` where nothing is to be masked. Pure. */
export function scrubOf(settings: ScrubSettings): Scrub | undefined {
  if (settings === false) return undefined
  const mask = new SecretMask(settings === true ? {} : settings)
  const scrub = (field: string, value: Uint8Array, name?: string): Uint8Array | undefined => {
    const text = Buffer.from(value.buffer, value.byteOffset, value.length).toString('latin1')
    const masked = mask.masked(field, text, name)
    return masked === undefined ? undefined : Buffer.from(masked, 'latin1')
  }
  return mask.plain ? Object.assign(scrub, { look: (field: string) => lookAt(field, mask.hinted) }) : scrub
}

/** A field with a point in its name may be a secret by that name alone, whatever it holds. */
function lookAt(field: string, hinted: boolean): typeof mayHold | undefined {
  if (!PROSE.test(field)) return mayHold
  return hinted && !field.includes('.') ? mayHoldInProse : undefined
}
