/** The name of a block as the id of an element. */
export function idOf(name: string): string {
  return `block-${name.replaceAll(/[^\w-]+/g, '-')}`
}

/** A value as a script reads it: JSON that cannot end the element it stands in. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', String.raw`\u003c`)
}
