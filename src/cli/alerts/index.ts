import { command, type CommandGroup } from '../command.ts'
import { storeOptions } from '../options.ts'
import {
  acknowledgeOptions,
  historyOptions,
  listOptions,
  showOptions,
  silenceOptions,
  silencesOptions,
  testRuleOptions
} from './options.ts'

const list = command({
  name: 'list',
  description: 'Alerts that fire or are about to, the newest first.',
  options: listOptions,
  run: async (_, options, context) => (await import('./list.ts')).listAlerts(options, Date.now(), context)
})

const show = command({
  name: 'show',
  description: 'One alert with evidence, history and deliveries.',
  arguments: [['<id>', 'the alert']],
  options: showOptions,
  run: async ([id], options, context) => (await import('./show.ts')).showAlert(id, options, context)
})

const history = command({
  name: 'history',
  description: 'What happened to alerts, and what became of notifications.',
  options: historyOptions,
  run: async (_, options, context) => (await import('./history.ts')).showHistory(options, Date.now(), context)
})

const silences = command({
  name: 'silences',
  description: 'Silences that are active.',
  options: silencesOptions,
  run: async (_, options, context) =>
    (await import('./silences.ts')).listSilences(options, Date.now(), context)
})

const ack = command({
  name: 'ack',
  description: 'Take an alert on: nobody is reminded of it until it is resolved.',
  arguments: [['<id>', 'the alert']],
  options: acknowledgeOptions,
  run: async ([id], options, context) => (await import('./acknowledge.ts')).acknowledge(id, options, context)
})

const silence = command({
  name: 'silence',
  description:
    'Notify nobody of alerts that match a query over rule, severity and labels, or end such a silence.',
  arguments: [['[query]', "such as 'rule:path-scan' or 'client:10.0.0.*'"]],
  options: silenceOptions,
  run: async ([query], options, context) =>
    (await import('./silences.ts')).changeSilence(query, options, Date.now(), context)
})

const testReceiver = command({
  name: 'test-receiver',
  description: 'Send a test notification now, and report how that went. Code 1 when anybody did not get it.',
  arguments: [['<name>', 'the receiver, as the configuration calls it']],
  options: storeOptions,
  run: async ([name], options, context) =>
    (await import('./test-receiver.ts')).testReceiver(name, options, context)
})

const testRule = command({
  name: 'test-rule',
  description:
    'Evaluate a rule over logs that are read in, by a clock that follows the times of their lines: when it would have fired, ' +
    'how often a day, and with which limit it would fire hardly ever. Nothing is stored, nobody is notified.',
  arguments: [['<rule>', 'a rule of the configuration, or a ready-made one']],
  options: testRuleOptions,
  run: async ([rule], options, context) => (await import('./test-rule.ts')).testRule(rule, options, context)
})

const explain = command({
  name: 'explain',
  description: 'Ask the Visor that runs on the store what it knows of a rule, and why it fires or does not.',
  arguments: [['<rule>', 'the rule']],
  options: showOptions,
  run: async ([rule], options, context) => (await import('./explain.ts')).explainRule(rule, options, context)
})

/** `visor alerts`: what fires and what became of it, and what people do about it. */
export const alertsCommand: CommandGroup = {
  name: 'alerts',
  summary: 'see, acknowledge and silence alerts; try rules and receivers',
  description:
    'Alerts of a store, whether a Visor runs on it or not. Ids may be shortened to a beginning that only one has.',
  commands: [list, show, history, silences, ack, silence, testReceiver, testRule, explain],
  examples: [
    ['visor alerts list', 'what fires'],
    ['visor alerts show server-errors-3f', 'one alert with its lines, history and deliveries'],
    [
      "visor alerts ack server-errors-3f --comment 'restarting the database'",
      'no reminders until it is resolved'
    ],
    [
      "visor alerts silence 'vhost:shop.example AND severity:warning' --for 2h --reason deployment",
      'nobody is notified'
    ],
    ['visor alerts history --since 1d', 'what happened, and what became of each notification'],
    ['visor alerts test-receiver mail', 'a notification, now'],
    ['visor alerts test-rule server-errors --replay access.log access.log.*.gz', 'when it would have fired'],
    ['visor alerts explain server-errors', 'why it fires or does not']
  ]
}
