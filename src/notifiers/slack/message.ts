import { PALETTE } from '../../core/palette.ts'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import {
  namedLinks,
  TITLES,
  TONES,
  type ListedAlert,
  type Increase,
  type Listing,
  type Message
} from '../message/message.ts'

/*
 * A message as Slack's incoming webhooks take it, with attachments, which those of Mattermost, Discord (`/slack`), Rocket.Chat
 * and others understand as well.
 */

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;']
])

/** What begins markup, a mention or (before slashes) a link, in Slack or in what takes the same messages. */
const BEGINS = new Set('*_~`@#[]|\\:')

/** How many alerts are listed. */
const MAX_ROWS = 5

interface Field {
  readonly title: string
  readonly value: string
  readonly short: boolean
}

/** A message as the JSON of a webhook. */
export function slackMessage(message: Message, created: Millis) {
  const { badge, heading, summary, notes, tone, links, footer } = message
  const title = prose(`${badge} ${heading}`)
  const linksText = namedLinks(links)
    .map(({ name, text }) => `<${text}|${name}>`)
    .join('  ·  ')
  return {
    text: [title, prose(summary)].filter(text => text !== '').join('\n'),
    parse: 'none',
    link_names: 0,
    unfurl_links: false,
    attachments: [
      {
        fallback: [title, prose(summary)].join(' '),
        color: PALETTE[TONES[tone].fill][0],
        text: [...notes.map(text => prose(text)), ...(links ? [linksText] : [])].join('\n'),
        fields: fieldsOf(message),
        mrkdwn_in: ['text', 'fields'],
        footer: footer.map(text => prose(text)).join(' '),
        ts: Math.floor(created / SECOND_MS)
      }
    ]
  }
}

function fieldsOf({ figures, detail, firing, resolved, held }: Message): Field[] {
  const { labels = [], increases = [], lines = [], errors = [] } = detail ?? {}
  return [
    ...figures.map(({ name, text }) => ({ title: prose(name), value: prose(text), short: true })),
    ...labels.map(({ name, text }) => ({
      title: prose(name),
      value: `\`${code(text, 120)}\``,
      short: true
    })),
    ...listed(TITLES.firing, firing, rowText),
    ...listed(TITLES.resolved, resolved, rowText),
    ...listed(TITLES.held, held, title => prose(title, 190)),
    ...block(TITLES.increases, increases.map(increaseText)),
    ...block(TITLES.lines, lines),
    ...block(TITLES.errors, errors)
  ]
}

function increaseText({ name, text, before, now, count }: Increase): string {
  return `${name} ${text}: ${before} → ${now} (${count})`
}

/** Lines as they are. All of them make at most the 1,024 characters that Discord takes. */
function block(title: string, lines: readonly string[]): Field[] {
  if (lines.length === 0) return []
  return [{ title, value: `\`\`\`\n${lines.map(line => code(line, 190)).join('\n')}\n\`\`\``, short: false }]
}

function listed<Item>(title: string, { items, more }: Listing<Item>, text: (item: Item) => string): Field[] {
  const rest = more + Math.max(0, items.length - MAX_ROWS)
  const lines = [...items.slice(0, MAX_ROWS).map(text), ...(rest > 0 ? [`and ${rest} more`] : [])]
  return lines.length === 0 ? [] : [{ title, value: lines.join('\n'), short: false }]
}

function rowText({ badge, title, labels, summary, duration }: ListedAlert): string {
  const what = [badge, prose(title, 50), labels === '' ? '' : `\`${code(labels, 60)}\``]
  return `${what.filter(text => text !== '').join(' ')}, ${duration}: ${prose(summary, 60)}`
}

/** Text that stays text: something invisible behind whatever begins markup, so that it begins none. Of at most so many characters. */
export function prose(text: string, maxLength = 400): string {
  return mapped(text, maxLength, (character, rest) => {
    const begins = BEGINS.has(character) && (character !== ':' || rest.startsWith('//'))
    return begins ? `${character}\u200b` : (ENTITIES.get(character) ?? character)
  })
}

/** Text to stand between backticks, where nothing else is markup; of at most so many characters. */
export function code(text: string, maxLength: number): string {
  return mapped(text, maxLength, character =>
    character === '`' ? 'ˋ' : (ENTITIES.get(character) ?? character)
  )
}

/** Each character as `as` has it, which gets what follows it, too. */
function mapped(text: string, maxLength: number, as: (character: string, rest: string) => string): string {
  let out = ''
  let at = 0
  for (const character of text) {
    at += character.length
    const next = as(character, text.slice(at, at + 2))
    if (out.length + next.length >= maxLength) return `${out}…`
    out += next
  }
  return out
}
