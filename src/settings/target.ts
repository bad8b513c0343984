import { nearest } from '../core/suggest.ts'

/** What stands before `://` of a target; empty where that is nowhere. */
export function schemeOf(target: string): string {
  return /^([a-z][a-z\d+.-]*):\/\//i.exec(target)?.[1] ?? ''
}

/** What stands behind `SCHEME://` of a target, such as `HOST:PORT`; `undefined` for another scheme. */
export function addressIn(scheme: string, target: string): string | undefined {
  return schemeOf(target) === scheme ? target.slice(scheme.length + 3).replace(/\/$/, '') : undefined
}

/**
 * The scheme of one of the examples that a target has without its slashes: `tcp:host:1` would be a file of that name,
 * which hardly anybody wants.
 */
export function schemeWithoutSlashes(target: string, examples: readonly string[]): string | undefined {
  if (schemeOf(target) !== '') return undefined
  return examples.map(schemeOf).find(scheme => scheme !== '' && target.startsWith(`${scheme}:`))
}

/** What may be meant by a target of an unknown scheme: an example of a similar one, or all that is possible. */
export function targetHint(target: string, examples: readonly string[]): string {
  const schemes = examples.map(schemeOf).filter(scheme => scheme !== '')
  const near = nearest(schemeOf(target), schemes)
  const hint = examples.find(example => near !== undefined && schemeOf(example) === near)
  return hint === undefined ? `possible are ${examples.join(', ')}` : `did you mean ${hint}?`
}
