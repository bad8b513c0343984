import { describe, expect, it } from 'vitest'
import { parseQuery } from '../query/index.ts'
import { alertsOptions, READY_MADE, rulesOf, withLists } from './options.ts'

const configured = (rules: object, more: object = {}) => alertsOptions.parse({ rules, ...more })
const named = (rules: object, name: string, more: object = {}) =>
  rulesOf(configured(rules, more)).find(rule => rule.name === name)

describe('rules', () => {
  it('are the ready-made ones when nothing is configured', () => {
    expect(rulesOf(configured({})).map(({ name }) => name)).toEqual(Object.keys(READY_MADE))
    expect(rulesOf(configured({}, { defaults: false }))).toEqual([])
  })

  it('have defaults for all that is not set', () => {
    expect(named({ 'my-rule': { type: 'count', over: 3 } }, 'my-rule')).toEqual({
      name: 'my-rule',
      type: 'count',
      title: 'My rule',
      severity: 'warning',
      where: parseQuery(''),
      by: [],
      window: 60_000,
      for: 0,
      keepFiringFor: 60_000,
      groupBy: [],
      repeatInterval: 4 * 3_600_000,
      inhibitedBy: [],
      sendResolved: true,
      options: { over: 3 }
    })
  })

  it('of a ready-made name change single settings, unless they have a type', () => {
    const ready = named({}, 'server-errors')
    expect(named({ 'server-errors': { over: '9%' } }, 'server-errors')).toEqual({
      ...ready,
      options: { ...ready?.options, over: 0.09 }
    })
    expect(named({ 'server-errors': { type: 'count', over: 9 } }, 'server-errors')).toMatchObject({
      type: 'count',
      where: parseQuery(''),
      options: { over: 9 }
    })
  })

  it('are turned off, and single ready-made ones turned on', () => {
    expect(named({ slow: { enabled: false } }, 'slow')).toBeUndefined()
    expect(rulesOf(configured({ slow: {} }, { defaults: false })).map(({ name }) => name)).toEqual(['slow'])
  })

  it('have the receivers of all rules, unless they name others', () => {
    const rules = { a: { type: 'count', over: 1 }, b: { type: 'count', over: 1, receivers: 'me' } }
    const configuredRules = rulesOf(configured(rules, { receivers: ['all', 'of', 'us'], defaults: false }))
    expect(configuredRules.map(({ receivers }) => receivers)).toEqual([['all', 'of', 'us'], ['me']])
  })

  it('take a field or several, and a cooldown for a window', () => {
    expect(named({ a: { type: 'count', over: 1, by: 'client' } }, 'a')?.by).toEqual(['client'])
    expect(named({ a: { type: 'new', field: 'vhost', by: ['source', 'kind'] } }, 'a')?.by).toEqual([
      'source',
      'kind',
      'vhost'
    ])
    expect(named({ a: { type: 'match', cooldown: '5m' } }, 'a')?.window).toBe(300_000)
  })
})

const wrong: [rules: object, path: string, message: string][] = [
  [{ mine: {} }, 'mine', 'there is no ready-made rule of this name; set the "type" of your own'],
  [
    { 'server-error': {} },
    'server-error',
    'there is no ready-made rule of this name; set the "type" of your own; did you mean "server-errors"?'
  ],
  [
    { 'a b': { type: 'count', over: 1 } },
    'a b',
    'expected a name of at most 64 letters, digits, ".", "_" and "-"'
  ],
  [
    { a: { type: 'count', over: 1, where: 'stat:5' } },
    'a.where',
    'There is no field `stat`; a word that holds a `:` is to be written in quotes.\nstat:5\n^'
  ],
  [
    { a: { type: 'count', over: 1, by: 'vhots' } },
    'a.by',
    'there is no field "vhots"; did you mean "vhost"?'
  ],
  [{ a: { type: 'count', over: 1, clear: 2 } }, 'a.clear', 'expected at most the value of "over"'],
  [{ a: { type: 'count', over: 1, window: '1500ms' } }, 'a.window', 'expected whole seconds'],
  [
    { a: { type: 'count', over: 1, inhibitedBy: 'server-erors' } },
    'a.inhibitedBy',
    'there is no rule "server-erors"; did you mean "server-errors"?'
  ],
  [
    { a: { type: 'count', over: 1, inhibitedBy: ['a'] } },
    'a.inhibitedBy',
    'expected other rules than this one'
  ],
  [
    { a: { type: 'count', over: 1, groupBy: 'vhost' } },
    'a.groupBy',
    'expected fields among those of "by"; "vhost" is none'
  ],
  [{ a: { type: 'ratio', over: '5' } }, 'a.over', 'expected a share such as "5%" or 0.05'],
  [{ a: { type: 'ratio' } }, 'a', 'expected either "over" or "under"'],
  [{ a: { type: 'ratio', over: '5%', under: '1%' } }, 'a', 'expected either "over" or "under"'],
  [{ a: { type: 'ratio', under: '85%', clear: '80%' } }, 'a.clear', 'expected at least the value of "under"'],
  [{ a: { type: 'metric', field: 'path', over: 1 } }, 'a.field', 'expected a field with numbers'],
  [{ a: { type: 'metric', field: 'bytes', over: '5s' } }, 'a.over', 'expected a value of this field'],
  [
    { a: { type: 'metric', field: 'duration', under: '5s', factor: 2 } },
    'a.factor',
    'expected only beside "over"'
  ],
  [{ a: { type: 'spike' } }, 'a', 'expected "up", "down" or both'],
  [{ a: { type: 'match', in: ['x'] } }, 'a', 'expected "field" together with "in", "notIn" or "list"'],
  [{ a: { type: 'match', field: 'client', in: ['x'], notIn: [] } }, 'a', 'expected either "in" or "notIn"'],
  [{ a: { type: 'health', of: 'lag', over: '5%' } }, 'a.over', 'expected a duration such as "30s"'],
  [{ a: { type: 'health', of: 'disk', over: '5s' } }, 'a.over', 'expected a share such as "5%"'],
  [{ slow: { over: 'x' } }, 'slow.over', 'expected a value of this field']
]

describe('mistakes', () => {
  it.each(wrong)('%j at %s: %s', (rules, path, message) => {
    const issues = alertsOptions.safeParse({ rules }).error?.issues ?? []
    expect(issues.map(issue => [issue.path.join('.'), issue.message])).toContainEqual([
      `rules.${path}`,
      message
    ])
  })
})

describe('lists', () => {
  const text = '# those we know\n10.0.0.1\r\n\n  10.0.0.2  # home\n'

  it.each([
    [{}, { in: ['10.0.0.1', '10.0.0.2'] }],
    [{ in: ['a'] }, { in: ['a', '10.0.0.1', '10.0.0.2'] }],
    [{ notIn: [] }, { notIn: ['10.0.0.1', '10.0.0.2'] }]
  ])('are filled in beside %j', (options, expected) => {
    const read: string[] = []
    const rules = { a: { type: 'match', field: 'client', list: 'home.txt', ...options } }
    const filled = withLists(configured(rules), path => {
      read.push(path)
      return text
    })
    expect(read).toEqual(['home.txt'])
    expect(rulesOf(filled).find(({ name }) => name === 'a')?.options).toMatchObject(expected)
  })

  it('are refused when they are too long', () => {
    const rules = { a: { type: 'match', field: 'client', list: 'all.txt' } }
    expect(() => withLists(configured(rules), () => 'x\n'.repeat(10_001))).toThrow('all.txt')
  })
})
