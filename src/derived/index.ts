import { LINE_FIELDS, lineField, type FieldInfo } from '../core/fields.ts'
import { AGENT_DERIVATIONS } from './agent/index.ts'
import { COUNTRY } from './country.ts'
import type { Derivation } from './kind.ts'
import { RESOURCE } from './path/resource.ts'
import { TARGET } from './path/target.ts'
import { CODE, SIGNATURE } from './signature.ts'

/** All derived fields: a new one is one entry. */
export const DERIVATIONS: readonly Derivation[] = [
  ...AGENT_DERIVATIONS,
  COUNTRY,
  RESOURCE,
  TARGET,
  SIGNATURE,
  CODE
]

const byName = new Map(DERIVATIONS.map(one => [one.name, one]))

/** How a derived field is made; `undefined` for a field that lines have themselves. */
export function derivationOf(field: string): Derivation | undefined {
  return byName.get(field)
}

/** Every named field besides `time`: those of lines, and those that are derived of them. */
export const FIELDS: readonly FieldInfo[] = [...LINE_FIELDS, ...DERIVATIONS]

/** What is known of a field, a derived one among them; `undefined` for a name that there is not. */
export function fieldInfo(name: string): FieldInfo | undefined {
  return derivationOf(name) ?? lineField(name)
}

export type { Derivation } from './kind.ts'
