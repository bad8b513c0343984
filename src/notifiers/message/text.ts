import type { NotificationLinks } from '../kind.ts'
import type { Bar, Detail, Grown, Listing, Named, Row, Timing, View } from './view.ts'

/** Characters of the longest bar. */
const WIDTH = 30

/** A notification as plain text. */
export function textOf(view: View): string {
  const { badge, heading, verdict, remarks, detail, firing, resolved, held, links, timing, footer } = view
  const parts: string[][] = [
    [`${badge}  ${heading}`, ...(verdict === '' ? [] : [verdict])],
    [...remarks],
    ...(detail ? aboutOf(detail) : []),
    section('Alerts that fire', listed(firing, rowText)),
    section('Resolved', listed(resolved, rowText)),
    section(
      'Held back',
      listed(held, title => [title])
    ),
    ...(detail ? evidenceOf(detail) : []),
    links ? linksOf(links) : [],
    timing ? timingOf(timing) : [],
    ['-- ', ...footer]
  ]
  const told = parts.filter(lines => lines.length > 0)
  return `${told.map(lines => lines.join('\n')).join('\n\n')}\n`
}

function aboutOf({ labels, bars, times }: Detail): string[][] {
  return [table(labels), bars.map(barText(bars)), table(times)]
}

function evidenceOf({ shares, lines, errors, mitigation }: Detail): string[][] {
  const snippets = mitigation?.snippets ?? []
  return [
    section('What grew most', shares.map(grownText)),
    section('Lines', lines),
    section('Error log, same clients and seconds', errors),
    section(
      `To keep ${mitigation?.address} out`,
      snippets.flatMap(({ name, code }) => [`${name}:`, ...code.split('\n').map(line => `  ${line}`)])
    )
  ]
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map(line => `  ${line}`)]
}

function table(rows: readonly Named[]): string[] {
  const width = widest(rows.map(({ name }) => name))
  return rows.map(({ name, text }) => `${name.padEnd(width)}  ${text}`)
}

function barText(bars: readonly Bar[]): (bar: Bar) => string {
  const names = widest(bars.map(({ name }) => name))
  const texts = widest(bars.map(({ text }) => text))
  return ({ name, text, part }) =>
    `${name.padEnd(names)}  ${text.padEnd(texts)}  ${'#'.repeat(Math.ceil(part * WIDTH))}`.trimEnd()
}

function grownText({ name, text, before, now, count }: Grown): string {
  return `${name} ${text}: ${before} -> ${now} of the lines (${count})`
}

function listed<Item>({ items, more }: Listing<Item>, textOf: (item: Item) => readonly string[]): string[] {
  return [...items.flatMap(textOf), ...(more > 0 ? [`and ${more} more`] : [])]
}

function rowText({ badge, title, labels, says, lasted }: Row): string[] {
  const what = [title, labels].filter(text => text !== '').join(', ')
  return [`${badge}  ${what}, ${lasted}`, `  ${says}`]
}

function linksOf({ acknowledge, silence, show }: Partial<NotificationLinks>): string[] {
  const all: [string, string | undefined][] = [
    ['Acknowledge', acknowledge],
    ['Silence 1 h', silence],
    ['Show', show]
  ]
  return table(all.flatMap(([name, text]) => (text === undefined ? [] : [{ name, text }])))
}

function timingOf({ steps, sums }: Timing): string[] {
  const rows = table(steps.map(({ name, text, took }) => ({ name, text: `${text}  ${took}`.trimEnd() })))
  return [...section('How quick (UTC)', rows), ...sums.map(sum => `  ${sum}`)]
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(({ length }) => length))
}
