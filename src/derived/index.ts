import { agentOf } from './agent.ts'
import { countryOf } from './country.ts'
import { codeOf, signatureOf } from './signature.ts'

/** A field that is derived of another: a pure function of its text, asked once for each distinct one. */
export interface Derivation {
  readonly name: string
  readonly from: string
  derive(text: string): string | undefined
}

/** All derived fields; core/fields.ts says what they mean. */
export const DERIVATIONS: readonly Derivation[] = [
  { name: 'browser', from: 'agent', derive: text => agentOf(text).browser },
  { name: 'os', from: 'agent', derive: text => agentOf(text).os },
  { name: 'bot', from: 'agent', derive: text => agentOf(text).bot },
  { name: 'country', from: 'client', derive: countryOf },
  { name: 'signature', from: 'message', derive: signatureOf },
  { name: 'code', from: 'message', derive: codeOf }
]

const byName = new Map(DERIVATIONS.map(one => [one.name, one]))

/** How a derived field is made; `undefined` for a field that lines tell themselves. */
export function derivationOf(field: string): Derivation | undefined {
  return byName.get(field)
}

export { agentOf } from './agent.ts'
export { countryOf } from './country.ts'
export { codeOf, signatureOf } from './signature.ts'
