/**
 * Addresses of clients as they are once they are hidden: a network (`192.0.2.0/24`, `2001:db8:1::/48`), or a name that a
 * key made of them (`anon-0123456789ab`). Several clients may have one of them, so that it counts as none.
 */
const HIDDEN = /^(?:[\d.]+\/24|[\da-f:]+\/48|anon-[\da-f]{12})$/

/** Whether a text, or the first or last word of a key of several, is a hidden address. */
export function isHidden(key: string): boolean {
  if (!key.includes('/') && !key.includes('anon-')) return false
  return key.split(/[" ,[\]]+/).some(word => HIDDEN.test(word))
}
