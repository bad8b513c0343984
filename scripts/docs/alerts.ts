import { stringify } from 'yaml'
import * as z from 'zod'
import { READY_MADE } from '../../src/alerts/defaults.ts'
import { hoursOptions } from '../../src/alerts/hours.ts'
import { receiverRulesOptions } from '../../src/alerts/notifications/options.ts'
import { alertsOptions } from '../../src/alerts/options.ts'
import { RULES, type RuleKind } from '../../src/alerts/rules/index.ts'
import { ruleSetting } from '../../src/alerts/rules/settings.ts'
import { NOTIFIERS } from '../../src/notifiers/index.ts'
import { block, GENERATED, page, settingsTable, table } from '../markdown.ts'

/** docs/alerts.md: rules, what becomes of an alert, and who is told of it how. */
export function alertsPage(): string {
  return page([
    '# Alerts',
    GENERATED,
    'Visor tells when something is wrong, without any configuration: ready-made rules are evaluated with each line that is read, and what they find is on the page, in `visor alerts`, and as mails in a mailbox beside the store, which the page shows. A receiver of type `email` sends them.',
    block(EXAMPLE, 'yaml alerts'),
    'Of `alerts`:',
    settingsTable(alertsOptions),
    ...rules(),
    ...LIFE,
    ...receivers(),
    ...commands(),
    ...actions()
  ])
}

const EXAMPLE = `
alerts:
  rules:
    server-errors: { over: 2% } # a ready-made rule, more strict
    traffic: { enabled: false }
    checkout-slow:
      type: metric
      where: path:/checkout*
      field: duration
      of: p95
      over: 800ms
      severity: critical
receivers:
  ops: { type: email, to: ops@example.org, host: mail.example.org }
`.trimStart()

function rules(): string[] {
  return [
    '## Rules',
    'A rule looks at lines that pass a query ([query.md](query.md)), over a window of the times that lines tell (not of the clock), for each value of the fields in `by` apart. Lines that come late are evaluated at their own time as long as they are not older than `late`; a week of old logs that is read in raises no alarm and only teaches what is usual.',
    '### Settings of all rules',
    ...common(),
    ...RULES.flatMap(kind),
    '`hours` of a rule of type `absent`:',
    settingsTable(hoursOptions),
    '## Ready-made rules',
    'What is told under the name of one of them without a `type` changes single settings of it; with a `type` it is another rule. `enabled: false` turns one off, `defaults: false` all.',
    table(
      ['rule', 'fires on', 'settings'],
      Object.entries(READY_MADE).map(([name, { title, ...settings }]) => [
        `\`${name}\``,
        String(title),
        `\`${stringify(settings, { collectionStyle: 'flow', lineWidth: 0 }).trim()}\``
      ])
    )
  ]
}

/** The settings that the rules of a kind that has no special ones share with all others. */
function common(): string[] {
  const own = RULES.flatMap(({ options }) => Object.keys(options.shape))
  const rule = ruleSetting.options.find(
    ({ shape }) => shape['type'] instanceof z.ZodLiteral && shape['type'].value === 'count'
  )
  return rule ? [settingsTable(rule, [...own, 'type'])] : []
}

function kind({ name, summary, options, example, defaults = {}, without = [] }: RuleKind): string[] {
  const others = [
    ...Object.entries(defaults).map(
      ([setting, value]) => `\`${setting}\` is \`${String(value)}\` when not told`
    ),
    ...(without.length > 0 ? [`it has no ${without.map(setting => `\`${setting}\``).join(', ')}`] : [])
  ]
  return [
    `### ${name}`,
    sentence(summary),
    block(stringify({ alerts: { rules: example } }), 'yaml alerts'),
    settingsTable(options),
    ...(others.length > 0 ? [`Of the settings of all rules, ${others.join('; ')}.`] : [])
  ]
}

const LIFE = [
  '## The life of an alert',
  'An alert is a rule and a key: the values of its `by` fields. It is *pending* while the rule has been bad for less than `for`, *firing* from then on (at once where `for` is 0s), and *resolved* when it has been good for `keepFiringFor`; what is between the limit and `clear` changes nothing. A rule that cannot tell, since there are too few lines or reading is behind, says *unknown*: a firing alert goes on firing for an hour.',
  'A key that fired and was resolved three times within half an hour *flaps*: people are told that, and nothing more until it has rested for 15 minutes.',
  'Alerts, what happened to them, and all that is to be sent are in `state.sqlite` beside the store before anything is sent. After a restart, also one by `kill -9`, rules know what they knew, from the stored lines; what fires goes on firing, and nothing is told twice. Windows are of the times that lines tell; where no line comes, the clock goes on two seconds behind.',
  'The evidence of an alert is what it fired with: up to five lines, the client, path, agent, virtual host and signature whose share among its lines grew most, and for server errors the lines of the error log of the same clients and seconds.',
  '## Who is told, and when',
  'The first alert of a rule is told at once. While more of the same rule and group (`groupBy`) fire, they come together, at first after a minute, then after two, then every five; when they are over, that is told once, at once when it was the last. While they last, reminders come after `repeatInterval`, twice as long, and so on, up to a day.',
  table(
    ['nobody is told', 'while'],
    [
      [
        'of an alert',
        'one of the rules in its `inhibitedBy` fires for the same values of the labels that both have'
      ],
      [
        'of an alert',
        'a silence finds it: a query over `rule`, `severity` and its labels, with an author, a reason and an end; when it ends and the alert still fires, that is told'
      ],
      ['again of an alert', 'somebody has acknowledged it, until it is over'],
      ['at all', 'it is a quiet hour of the receiver, but of what is as severe as `muteTimes.except`'],
      ['at all', 'the receiver has had `rateLimit.count` messages within `rateLimit.per`']
    ]
  ),
  'What is held back for a receiver comes in one message, with how many there were. A message that cannot be sent is tried again, after a second or so and then ever later, up to five minutes apart, for three days; those of one group keep their order. Each has one id for all tries (the Message-ID of a mail), so that a mail that a server took just before it broke off can be told from another one.'
]

export function receivers(kinds = NOTIFIERS): string[] {
  return [
    '## Receivers',
    'Under `receivers`, each has a name and a `type`. Those that a rule names in `receivers` are told of it, or those of `alerts.receivers`, or all. `visor alerts test-receiver NAME` sends a test at once.',
    table(
      ['type', 'what it is'],
      kinds.map(({ name, summary }) => [`\`${name}\``, summary])
    ),
    '### Settings of all receivers',
    settingsTable(receiverRulesOptions),
    'Of `muteTimes`:',
    settingsTable(receiverRulesOptions.shape.muteTimes.unwrap()),
    'Of `rateLimit`:',
    settingsTable(receiverRulesOptions.shape.rateLimit),
    ...kinds.flatMap(({ name, summary, example, options }) => [
      `### ${name}`,
      sentence(summary),
      block(stringify({ receivers: { ops: { type: name, ...example } } }), 'yaml receivers'),
      ...(Object.keys(options.shape).length > 0 ? [settingsTable(options)] : []),
      ...(MORE[name] ?? [])
    ])
  ]
}

/** What there is to say of a kind of receiver besides its settings. */
const MORE: Readonly<Record<string, readonly string[]>> = {
  email: [
    'The subject is the notification in one line. The mail shows why the rule fired, compared with what is usual; which values grew most among its lines; five lines as they were written, and those of the error log; how long it took from the line to this mail, and how long the last ones took to be accepted; and, where one client is to blame that is no private address and not in `ignore`, how to block it (Apache httpd, nginx and nftables). Links acknowledge or silence its alerts on the page: they are signed, valid for seven days, and do nothing before a button is pressed there. Mails of one group form a thread.',
    'Each address of `to` and `cc` is reported by itself: one that the server refuses keeps the others from nothing, and one that it puts off is tried again alone.'
  ],
  webhook: [
    '`X-Visor-Signature` is `sha256=` and the HMAC-SHA256, in hexadecimal digits, of the value of `X-Visor-Timestamp`, a dot and the body. `X-Visor-Notification` is the id of the notification, the same for each attempt.'
  ],
  command: [
    'The notification comes on standard input as one line of JSON, the same as a webhook gets; `VISOR_NOTIFICATION`, `VISOR_OCCASION`, `VISOR_SEVERITY` and `VISOR_RULE` are in the environment. It has succeeded when it exits with 0.'
  ],
  mailbox: [
    'Mails lie in `mail` in the folder of the store, as `.eml` files. It is the only receiver where none is configured. Without a store (`--no-store`) its notifications are printed.'
  ]
}

function commands(): string[] {
  return [
    '## On the command line',
    'All of it works on the store, whether a Visor runs or not; `explain` asks the one that runs. [cli.md](cli.md) has every option.',
    block(
      [
        'visor alerts list                                     # what fires',
        'visor alerts show server-errors-3f                    # one, with lines, history and deliveries',
        "visor alerts ack server-errors-3f --comment 'on it'   # nobody is reminded of it",
        "visor alerts silence 'rule:path-scan' --for 2h --reason 'a scan that we pay for'",
        'visor alerts silences',
        'visor alerts silence --end 3f2a',
        'visor alerts history --since 1d',
        'visor alerts test-receiver ops',
        'visor alerts test-rule server-errors --replay access.log access.log.1.gz',
        'visor alerts explain server-errors                    # what it knows, key by key',
        'visor drill docs/scenarios/incidents.yaml --speed 20  # made-up incidents: which rules find them, how quickly'
      ].join('\n'),
      ''
    ),
    '`test-rule` evaluates a rule over logs by a clock that follows the times of their lines, and tells when it would have fired, for whom, with which value and for how long, how often a day, and which limits would have fired never or about once a day.'
  ]
}

function actions(): string[] {
  return [
    '## Over HTTP',
    'What the page does can be done by others on the same machine; other web pages are refused.',
    table(
      ['request', 'what it does'],
      [
        [
          '`GET /api/alerts`',
          'what fires, is about to, or was over in the last day; silences, rules, receivers, deliveries, and what waits to be sent'
        ],
        ['`GET /api/alerts/history?alert=ID&rule=NAME&limit=N`', 'what happened, the newest first'],
        [
          '`POST /api/alerts/acknowledge` `{"alert","owner","comment"}`',
          '204, or 404 where there is no such alert any more'
        ],
        ['`POST /api/alerts/unacknowledge` `{"alert"}`', 'the same'],
        [
          '`POST /api/alerts/silence` `{"query","author","reason","for"}` (`for` in milliseconds)',
          '201 and the silence'
        ],
        ['`POST /api/alerts/silences/ID/end`', '204, or 404'],
        ['`GET /api/mails`, `GET /mails/NAME`', 'the mailbox, and a mail of it']
      ]
    )
  ]
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
