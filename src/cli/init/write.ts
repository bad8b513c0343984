import { placeText, type Discovery, type Remark } from '../../discovery/index.ts'
import type { FoundSource } from './sources.ts'
import { SYSTEM_STORE, SYSTEM_USER } from './unit.ts'

/** Names of hosts that a comment shows. */
const SHOWN = 8

/** Settings of alerts for later: none are needed at first. */
const ALERTS = [
  '# Ready-made alert rules are evaluated already; their mails lie in a mailbox beside the store, and the page shows them.',
  '# To have them sent, and single rules changed (docs/alerts.md):',
  '# receivers:',
  '#   ops: { type: email, to: you@example.org, host: mail.example.org }',
  '# alerts:',
  '#   rules:',
  '#     server-errors: { over: 2% }'
]

/** Where the service of the machine keeps its files, and for whom. */
const SERVICE = [
  '# Members of this group may read what Visor writes, and are its admins on the command line.',
  `group: ${SYSTEM_USER}`,
  `store: { path: ${SYSTEM_STORE}, retention: 30d }`,
  ''
]

/**
 * The configuration as YAML, with comments on where each source comes from and on what was left out; of the machine's service
 * with its store and its group.
 */
export function configText(
  sources: readonly FoundSource[],
  discoveries: readonly Discovery[],
  isService = false
): string {
  const files = discoveries.flatMap(discovery => discovery.files.slice(0, 1))
  const remarks = discoveries.flatMap(discovery => discovery.remarks)
  return [
    '# Configuration of Visor, made by `visor init` from',
    ...files.map(file => `#   ${oneLine(file)}`),
    '# `visor check` tries it, `visor watch` runs it. docs/visor.example.yaml shows all that it may hold.',
    '',
    ...(isService ? SERVICE : []),
    ...(sources.length === 0 ? ['sources: {}'] : ['sources:', ...sources.flatMap(sourceLines)]),
    ...(remarks.length === 0
      ? []
      : ['# Seen, and not taken as it stands there:', ...remarks.map(remarkLine), '']),
    ...ALERTS,
    ''
  ].join('\n')
}

function sourceLines({ name, path, formats, hosts, places, problems }: FoundSource): string[] {
  return [
    `  ${quoted(name)}:`,
    ...places.map(place => `    # ${oneLine(placeText(place))}`),
    ...(hosts.length === 0 ? [] : [`    # hosts: ${oneLine(hostsText(hosts))}`]),
    `    path: ${quoted(path)}`,
    ...problems.flatMap(problem => [
      '    # This format cannot be read, so the lines decide:',
      ...problem.split('\n').map(line => `    #   ${oneLine(line)}`)
    ]),
    ...formatLines(formats.map(quoted)),
    ''
  ]
}

function formatLines(formats: readonly string[]): string[] {
  if (formats.length < 2) return formats.map(text => `    format: ${text}`)
  return ['    format:', ...formats.map(text => `      - ${text}`)]
}

function hostsText(hosts: readonly string[]): string {
  const more = hosts.length - SHOWN
  return hosts.slice(0, SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

function remarkLine({ place, text }: Remark): string {
  return `#   ${oneLine(`${placeText(place)}: ${text}`)}`
}

/** A text as a scalar of YAML; `${…}` in it would be filled in from the environment, so its `$` is doubled. */
function quoted(plain: string): string {
  const text = plain.replaceAll('${', () => '$${')
  if (/^[A-Za-z][\w-]*$/.test(text) && !/^(true|false|yes|no|on|off|null|y|n)$/i.test(text)) return text
  return /[^\x20-\x7e]/.test(text) ? JSON.stringify(text) : `'${text.replaceAll("'", "''")}'`
}

/** What stands in a comment must not end it. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ')
}
