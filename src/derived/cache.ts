/**
 * `make`, remembering what it made of the keys met lately: at least `size`, twice as many at most. Values of logs are
 * written by anybody, so what is remembered is bounded.
 */
export function remembering<T>(
  size: number,
  make: (text: string) => T,
  keyOf = (text: string): string => text
): (text: string) => T {
  let recent = new Map<string, T>()
  let older = new Map<string, T>()
  return text => {
    const key = keyOf(text)
    let value = recent.get(key) ?? older.get(key)
    if (value === undefined) value = make(text)
    else if (recent.has(key)) return value
    if (recent.size >= size) {
      older = recent
      recent = new Map()
    }
    recent.set(key, value)
    return value
  }
}
