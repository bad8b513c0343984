import {
  namedLinks,
  TITLES,
  type AlertDetail,
  type ListedAlert,
  type Bar,
  type Increase,
  type LabeledText,
  type Listing,
  type Message,
  type Timing
} from './message.ts'

/** Characters of the longest bar. */
const BAR_LENGTH = 30

/** A message as plain text. */
export function messageText(message: Message): string {
  const { badge, heading, summary, notes, figures, detail, firing, resolved, held, links, timing, footer } =
    message
  const parts: string[][] = [
    [`${badge}  ${heading}`, ...(summary === '' ? [] : [summary])],
    [...notes],
    table(figures),
    ...(detail ? aboutOf(detail) : []),
    section(TITLES.firing, listed(firing, rowText)),
    section(TITLES.resolved, listed(resolved, rowText)),
    section(
      TITLES.held,
      listed(held, title => [title])
    ),
    ...(detail ? evidenceOf(detail) : []),
    table(namedLinks(links)),
    timing ? timingOf(timing) : [],
    ['-- ', ...footer]
  ]
  const filled = parts.filter(lines => lines.length > 0)
  return `${filled.map(lines => lines.join('\n')).join('\n\n')}\n`
}

function aboutOf({ labels, bars, times }: AlertDetail): string[][] {
  return [table(labels), bars.map(barText(bars)), table(times)]
}

function evidenceOf({ increases, lines, errors, mitigation }: AlertDetail): string[][] {
  const snippets = mitigation?.snippets ?? []
  return [
    section(TITLES.increases, increases.map(increaseText)),
    section(TITLES.lines, lines),
    section(TITLES.errors, errors),
    section(
      `To block ${mitigation?.address}`,
      snippets.flatMap(({ name, code }) => [`${name}:`, ...code.split('\n').map(line => `  ${line}`)])
    )
  ]
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map(line => `  ${line}`)]
}

function table(rows: readonly LabeledText[]): string[] {
  const width = widest(rows.map(({ name }) => name))
  return rows.map(({ name, text }) => `${name.padEnd(width)}  ${text}`)
}

function barText(bars: readonly Bar[]): (bar: Bar) => string {
  const names = widest(bars.map(({ name }) => name))
  const texts = widest(bars.map(({ text }) => text))
  return ({ name, text, part }) =>
    `${name.padEnd(names)}  ${text.padEnd(texts)}  ${'#'.repeat(Math.ceil(part * BAR_LENGTH))}`.trimEnd()
}

function increaseText({ name, text, before, now, count }: Increase): string {
  return `${name} ${text}: ${before} -> ${now} of the lines (${count})`
}

function listed<Item>({ items, more }: Listing<Item>, linesOf: (item: Item) => readonly string[]): string[] {
  return [...items.flatMap(linesOf), ...(more > 0 ? [`and ${more} more`] : [])]
}

function rowText({ badge, title, labels, summary, duration }: ListedAlert): string[] {
  const what = [title, labels].filter(text => text !== '').join(', ')
  return [`${badge}  ${what}, ${duration}`, `  ${summary}`]
}

function timingOf({ steps, totals }: Timing): string[] {
  const rows = table(
    steps.map(({ name, text, elapsed }) => ({ name, text: `${text}  ${elapsed}`.trimEnd() }))
  )
  return [...section(`${TITLES.timing} (UTC)`, rows), ...totals.map(total => `  ${total}`)]
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(({ length }) => length))
}
