import { isIPv4, isIPv6 } from 'node:net'

/** Whether a text is one address. */
export function isAddress(text: string): boolean {
  return isIPv4(text) || isIPv6(text)
}

/** Where some texts stand as words of their own: an address not in a longer one (`10.0.0.1` is not in `10.0.0.12`). */
export function mentions(texts: readonly string[]): RegExp {
  const all = texts
    .toSorted((a, b) => b.length - a.length)
    .map(text => {
      const escaped = text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`)
      if (isIPv4(text)) return String.raw`(?<![\d.])${escaped}(?!\.?\d)`
      return String.raw`(?<![\w:])${escaped}(?![\w:]|\.\w)`
    })
  return new RegExp(all.length > 0 ? all.join('|') : '(?!)', 'gi')
}
