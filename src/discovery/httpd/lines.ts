import type { Place } from '../found.ts'

/** One line of configuration: a directive, or the beginning or end of a section. */
export interface Line {
  readonly place: Place
  /** In small letters; of a section `<virtualhost` or `</virtualhost`. */
  readonly name: string
  /** All that follows the name, blanks around it taken off. */
  readonly rest: string
}

/** The lines of a file, those broken with a backslash joined; comments and empty ones left out. */
export function linesOf(file: string, text: string): Line[] {
  const lines: Line[] = []
  let begun = ''
  let start = 0
  for (const [index, piece] of text.split('\n').entries()) {
    const line = piece.replace(/\r$/, '')
    if (begun === '') start = index + 1
    // An escaped backslash at a line's end breaks no line.
    if (/(^|[^\\])(\\\\)*\\$/.test(line)) {
      begun += line.slice(0, -1)
      continue
    }
    const whole = (begun + line).trim()
    begun = ''
    if (whole === '' || whole.startsWith('#')) continue
    const section = /^<(\/?)\s*([^\s>]+)\s*([^]*?)>?\s*$/.exec(whole)
    const place = { file, line: start }
    if (section)
      lines.push({
        place,
        name: `<${section[1]}${section[2]}`.toLowerCase(),
        rest: (section[3] ?? '').trim()
      })
    else {
      const [name = ''] = /^\S+/.exec(whole) ?? []
      lines.push({ place, name: name.toLowerCase(), rest: whole.slice(name.length).trim() })
    }
  }
  return lines
}

/** The words of a line: in quotes of either kind, where a backslash takes a quote or a backslash along, or up to a blank. */
export function wordsOf(rest: string): string[] {
  return Array.from(
    rest.matchAll(/"((?:\\[^]|[^"\\])*)"?|'((?:\\[^]|[^'\\])*)'?|(\S+)/g),
    ([, double, single, plain]) => plain ?? (double ?? single ?? '').replaceAll(/\\(["'\\])/g, '$1')
  )
}
