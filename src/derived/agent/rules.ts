/** One of `literals` (in lower case) stands in every agent that it holds for; where there is a check, its pattern must match too, or must not. */
export interface AgentPattern {
  readonly literals: readonly string[]
  readonly check?: { readonly pattern: string; readonly flags: string; readonly not?: boolean }
}

export interface AgentRule extends AgentPattern {
  readonly name: string
}

/** What `scripts/agents/rules.ts` makes of the lists of isbot and bowser; it stands in `rules.json`. */
export interface AgentRules {
  /** The packages that the rules were made of. */
  readonly version: string
  /** An agent in which one of these stands (in lower case) is a program's, and so is one for which a pattern holds. */
  readonly proofs: readonly string[]
  readonly bots: readonly AgentPattern[]
  /** Patterns of programs that have no literal: anchored to the beginning, and to an end behind `;`. */
  readonly beginnings: string
  readonly ends: string
  /** In the order in which they are asked; the first that holds gives the name. */
  readonly browsers: readonly AgentRule[]
  readonly systems: readonly AgentRule[]
}

/** Stands for the beginning of the text in a literal. */
export const START = '\u0001'
