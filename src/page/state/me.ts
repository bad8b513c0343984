import { signal } from '@preact/signals'

const NAME = 'visor.name'

/** Who acts here; the browser remembers it. */
export const me = signal(remembered())

export function rememberMe(name: string): void {
  me.value = name
  try {
    localStorage.setItem(NAME, name)
  } catch {
    // Storage can be forbidden; the name then holds until the page is closed.
  }
}

function remembered(): string {
  try {
    return localStorage.getItem(NAME) ?? ''
  } catch {
    return ''
  }
}
