/** What the browser remembers under a name; `undefined` where it remembers nothing, or must not. */
export function remembered(name: string): string | undefined {
  try {
    return localStorage.getItem(`visor.${name}`) ?? undefined
  } catch {
    return undefined
  }
}

/** Has the browser remember something. */
export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`visor.${name}`, value)
  } catch {
    // Storage can be forbidden; it then holds until the page is closed.
  }
}
