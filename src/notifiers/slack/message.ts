import type { NotificationLinks } from '../kind.ts'
import type { Detail, Grown, Listing, Row, Tone, View } from '../message/view.ts'
import { code, prose } from './markup.ts'

/*
 * A message as Slack's incoming webhooks take it, with attachments, which those of Mattermost, Discord (`/slack`), Rocket.Chat
 * and others understand as well.
 */

const COLOURS: Readonly<Record<Tone, string>> = {
  critical: '#c9373c',
  warning: '#d68a1e',
  info: '#0b6e83',
  good: '#2f855a',
  calm: '#9aa0a7'
}

/** How many alerts are listed. */
const ROWS = 5

interface Field {
  readonly title: string
  readonly value: string
  readonly short: boolean
}

/** The message of a view. `created`: milliseconds since 1970. */
export function slackMessage(view: View, created: number) {
  const { badge, heading, verdict, remarks, tone, links, footer } = view
  const title = prose(`${badge} ${heading}`)
  return {
    text: [title, prose(verdict)].filter(text => text !== '').join('\n'),
    parse: 'none',
    link_names: 0,
    unfurl_links: false,
    attachments: [
      {
        fallback: [title, prose(verdict)].join(' '),
        color: COLOURS[tone],
        text: [...remarks.map(text => prose(text)), ...(links ? [linksText(links)] : [])].join('\n'),
        fields: fieldsOf(view),
        mrkdwn_in: ['text', 'fields'],
        footer: footer.map(text => prose(text)).join(' '),
        ts: Math.floor(created / 1000)
      }
    ]
  }
}

function fieldsOf({ detail, firing, resolved, held }: View): Field[] {
  return [
    ...(detail ? labelsOf(detail) : []),
    ...listed('Alerts that fire', firing, rowText),
    ...listed('Resolved', resolved, rowText),
    ...listed('Held back', held, title => prose(title, 190)),
    ...(detail ? evidenceOf(detail) : [])
  ]
}

function labelsOf({ labels }: Detail): Field[] {
  return labels.map(({ name, text }) => ({
    title: prose(name),
    value: `\`${code(text, 120)}\``,
    short: true
  }))
}

function evidenceOf({ shares, lines, errors }: Detail): Field[] {
  return [
    ...block('What grew most', shares.map(grownText)),
    ...block('Lines', lines),
    ...block('Error log, same clients and seconds', errors)
  ]
}

function grownText({ name, text, before, now, count }: Grown): string {
  return `${name} ${text}: ${before} → ${now} (${count})`
}

/** Lines as they are. All of them make at most the 1,024 characters that Discord takes. */
function block(title: string, lines: readonly string[]): Field[] {
  if (lines.length === 0) return []
  return [{ title, value: `\`\`\`\n${lines.map(line => code(line, 190)).join('\n')}\n\`\`\``, short: false }]
}

function listed<Item>(title: string, { items, more }: Listing<Item>, text: (item: Item) => string): Field[] {
  const rest = more + Math.max(0, items.length - ROWS)
  const lines = [...items.slice(0, ROWS).map(text), ...(rest > 0 ? [`and ${rest} more`] : [])]
  return lines.length === 0 ? [] : [{ title, value: lines.join('\n'), short: false }]
}

function rowText({ badge, title, labels, says, lasted }: Row): string {
  const what = [badge, prose(title, 50), labels === '' ? '' : `\`${code(labels, 60)}\``]
  return `${what.filter(text => text !== '').join(' ')}, ${lasted}: ${prose(says, 60)}`
}

function linksText({ acknowledge, silence, show }: Partial<NotificationLinks>): string {
  const all: [string, string | undefined][] = [
    ['Acknowledge', acknowledge],
    ['Silence 1 h', silence],
    ['Show', show]
  ]
  return all.flatMap(([name, url]) => (url === undefined ? [] : [`<${url}|${name}>`])).join('  ·  ')
}
