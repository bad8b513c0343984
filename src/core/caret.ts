/** A message, the text that it is about, and a caret under the character at `at` (0-based). */
export function withCaret(message: string, text: string, at: number): string {
  const line = text.replaceAll(/[^\P{C}\t]/gu, '\ufffd')
  const margin = line.slice(0, at).replaceAll(/[^\t]/g, ' ')
  return `${message}\n${line}\n${margin}^`
}
