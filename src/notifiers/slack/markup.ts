const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;']
])

/** What begins markup, a mention or (before slashes) a link, in Slack or in what takes the same messages. */
const BEGINS = new Set('*_~`@#[]|\\:')

/** Text that stays text: something invisible behind whatever begins markup, so that it begins none. Of at most so many characters. */
export function prose(text: string, most = 400): string {
  return put(text, most, (character, rest) => {
    const begins = BEGINS.has(character) && (character !== ':' || rest.startsWith('//'))
    return begins ? `${character}\u200b` : (ENTITIES.get(character) ?? character)
  })
}

/** Text to stand between backticks, where nothing else is markup; of at most so many characters. */
export function code(text: string, most: number): string {
  return put(text, most, character => (character === '`' ? 'ˋ' : (ENTITIES.get(character) ?? character)))
}

/** Each character as `as` has it, which is told what follows it. */
function put(text: string, most: number, as: (character: string, rest: string) => string): string {
  let out = ''
  let at = 0
  for (const character of text) {
    at += character.length
    const next = as(character, text.slice(at, at + 2))
    if (out.length + next.length >= most) return `${out}…`
    out += next
  }
  return out
}
