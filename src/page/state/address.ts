/** A parameter of the page's address. */
export function addressed(name: string): string | undefined {
  return new URLSearchParams(location.search).get(name) ?? undefined
}

/** Keeps a parameter in the address, so that it can be shared and survives a reload. */
export function keepAddress(name: string, value: string | undefined): void {
  if (addressed(name) === value) return
  const params = new URLSearchParams(location.search)
  if (value === undefined) params.delete(name)
  else params.set(name, value)
  history.replaceState(null, '', `?${params.toString()}`)
}
