/** A function that takes secrets out of what others say, who may repeat what they were told. */
export function hiding(secrets: readonly string[]): (text: string) => string {
  // The longest first: one may be a part of another.
  const all = secrets.filter(secret => secret !== '').toSorted((a, b) => b.length - a.length)
  return text => all.reduce((text, secret) => text.replaceAll(secret, '***'), text)
}
