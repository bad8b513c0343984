import { signal } from '@preact/signals'
import { remember, remembered } from './remembered.ts'

/** Who acts here; the browser remembers it. */
export const me = signal(remembered('name') ?? '')

export function rememberMe(name: string): void {
  me.value = name
  remember('name', name)
}
