import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { DAY_MS, MINUTE_MS } from '../core/time.ts'
import { VisorError } from '../core/errors.ts'
import { configOf, loadConfig } from './load.ts'

const path = join(mkdtempSync(join(tmpdir(), 'visor-config-')), 'visor.yaml')
afterAll(() => rmSync(dirname(path), { recursive: true }))

/** The lines of the message that loading gives, without the folder before them. */
function problems(text: string): string[] {
  writeFileSync(path, text)
  try {
    loadConfig({}, path)
  } catch (error) {
    if (!(error instanceof VisorError)) throw error
    expect(error.code).toBe('CONFIG')
    return error.message.split('\n').map(line => line.replace(`${dirname(path)}/`, ''))
  }
  return []
}

describe('reports at set times', () => {
  it('have all that they do not say by default', () => {
    const { reports } = configOf({ reports: { pulse: { every: '5m', attach: 'csv' } } }, '.', {
      HOME: '/home/u'
    })
    expect(reports).toEqual({
      pulse: {
        every: 5 * MINUTE_MS,
        period: 'interval',
        for: {},
        quiet: 'send',
        details: true,
        template: 'full',
        attach: ['csv'],
        top: 10,
        keep: 90 * DAY_MS
      }
    })
  })

  const cases: readonly [string, text: string, expected: readonly string[]][] = [
    [
      'a report without dates',
      'reports: {daily: {period: day}}\n',
      ['visor.yaml:1:18: reports.daily: expected either "every" or "cron"']
    ],
    [
      'a report with a pattern that is none',
      "reports: {daily: {cron: '0 25 * * *'}}\n",
      ['visor.yaml:1:25: reports.daily.cron: "0 25 * * *" is no cron pattern: Invalid value for hour: 25']
    ],
    [
      'a report for nobody who is known',
      'receivers: {ops: {type: console}}\nreports: {daily: {every: 1d, receivers: opps, sources: [web], each: vhost, for: {a: {receivers: [op]}}}}\n',
      [
        'visor.yaml:2:41: reports.daily.receivers: there is no receiver "opps"; did you mean "ops"?',
        'visor.yaml:2:97: reports.daily.for.a.receivers: there is no receiver "op"; did you mean "ops"?',
        'visor.yaml:2:56: reports.daily.sources: there is no source "web"'
      ]
    ],
    [
      'addresses of a report where nothing sends mails',
      'receivers: {ops: {type: console}}\nreports: {daily: {every: 1d, to: a@example.org}}\n',
      [
        'visor.yaml:2:34: reports.daily.to: expected a receiver of type "email" with it: others know no addresses, got "a@example.org"'
      ]
    ],
    [
      'a part of a report that has none',
      'reports: {daily: {every: 1h, for: {a: {zone: UTC}}}}\n',
      ['visor.yaml:1:35: reports.daily.for: expected "each" with it: what the names are of']
    ],
    [
      'labels that no source has',
      'sources: {web: {path: a, labels: {team: shop}}}\nreports: {a: {every: 1h, each: {label: teem}}, b: {every: 1h, each: {label: team}, for: {shpo: {}}}}\n',
      [
        'visor.yaml:2:32: reports.a.each: there is no label of a source "teem"; did you mean "team"?',
        'visor.yaml:2:96: reports.b.for.shpo: there is no source with team "shpo"; did you mean "shop"?'
      ]
    ],
    [
      'labels with names that are none',
      'sources: {web: {path: a, labels: {"my team": shop}}}\nreports: {a: {every: 1h, each: label}}\n',
      [
        'visor.yaml:1:46: sources.web.labels.my team: expected names of letters, digits and "_", each with a text, got "shop"',
        'visor.yaml:2:32: reports.a.each: expected "vhost", "source" or {label: NAME}, got "label"'
      ]
    ],
    [
      'a query of a report that is none',
      "reports: {daily: {every: 1h, where: 'status:('}}\n",
      [
        'visor.yaml:1:37: reports.daily.where: Here a word or `field:value` is expected.',
        'status:(',
        '        ^'
      ]
    ]
  ]
  it.each(cases)('are refused: %s', (_, text, expected) => expect(problems(text)).toEqual(expected))
})
