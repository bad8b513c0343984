import fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiPage } from '../../../scripts/docs/api.ts'
import { tableOf } from '../../cli/query/rows.ts'
import { addKey, cellOf, type Rollup } from '../../core/rollup.ts'
import { toRows } from '../../core/rows.ts'
import { HOUR, toMillis } from '../../core/time.ts'
import { addAnswers } from '../../server/answers.ts'
import { openStore, type Store } from '../index.ts'
import { temporaryFolder, TestDictionary, testDelivery, testEvents, testFormat } from '../testing/samples.ts'
import { select } from '../sql.ts'
import { answersOf, publicQuestions, schemaOf } from './index.ts'
import { QUESTIONS, readQuestion, type Questions } from './list.ts'
import { parameterNames } from './parameters.ts'
import { question } from './question.ts'

const START = 495_000 * HOUR
const LIST: Questions = QUESTIONS
const NAMES = publicQuestions('socket')
const REQUIRED: Readonly<Record<string, Readonly<Record<string, string>>>> = { sql: { sql: 'select 1' } }

/** Asks a question of a list by its name, as the API does. */
async function asked(
  store: Store,
  name: string,
  parameters: object = {},
  list: Questions = QUESTIONS
): Promise<unknown> {
  const ask: (parameters: object) => Promise<unknown> = Reflect.get(answersOf(store, list), name)
  return ask({ ...REQUIRED[name], ...parameters })
}

/** All times of an answer: numbers under names that are those of times. */
function timesIn(answer: unknown, name = ''): number[] {
  if (typeof answer === 'number') return ['time', 'first', 'last'].includes(name) ? [answer] : []
  if (typeof answer !== 'object' || answer === null) return []
  return Object.entries(answer).flatMap(([key, value]) => timesIn(value, Array.isArray(answer) ? name : key))
}

describe.each([
  ['an empty store', false],
  ['a store with lines', true]
])('%s', (_name, filled) => {
  const folder = temporaryFolder()
  let store: Store
  beforeAll(async () => {
    store = await openStore(folder.path, { formatFor: testFormat, commitInterval: 1 })
    if (!filled) return
    const words = { client: new TestDictionary('client 1'), path: new TestDictionary('path 1') }
    const message = new TestDictionary('message 1').column(['oops 1', 'oops 2'])
    const rows = ['a', 'b'].map(client => ({ client, path: '/', status: 200 }))
    const events = testEvents(rows, words, START)
    const texts = new Map([...events.texts, ['message', message]])
    const rejected = [{ offset: 7, bytes: Uint8Array.of(255, 65), reason: 'no client' }]
    const rollup: Rollup = new Map()
    addKey(cellOf(rollup, START, 'web', 'level'), 'error', 2, 0)
    await store.write(
      testDelivery({ events: [{ ...events, kind: 'error', texts }], rejected, rollup: toRows(rollup) })
    )
  })
  afterAll(async () => {
    await store.close()
    folder[Symbol.dispose]()
  })

  it.each(NAMES)('is asked %s, and the answer is plain data', async name => {
    const answer = await asked(store, name)
    expect(JSON.parse(JSON.stringify(answer))).toEqual(answer)
    if (typeof answer !== 'object' || answer === null) throw new Error('no answer')
    const { columns, rows } = tableOf(answer)
    for (const row of rows) expect(row).toHaveLength(columns.length)
    if (filled && name !== 'sql') expect(rows.length).toBeGreaterThan(0)
  })

  it.each(NAMES)('answers %s with times in milliseconds', async name => {
    for (const time of timesIn(await asked(store, name))) {
      if (name === 'rejected') expect(Math.abs(time - Date.now())).toBeLessThan(60_000)
      else expect(time - toMillis(START)).toBeLessThanOrEqual(1000)
    }
    if (filled && name === 'extent')
      expect(await asked(store, name)).toEqual({
        extent: { first: toMillis(START), last: toMillis(START) + 1000 }
      })
  })

  it.each(NAMES)('refuses wrong parameters of %s, naming them', async name => {
    await expect(asked(store, name, { limitt: '1' })).rejects.toMatchObject({
      code: 'QUERY',
      message: expect.stringMatching(/^there is no parameter limitt/)
    })
    const known = LIST[name]
    for (const parameter of known ? parameterNames(schemaOf(known)) : []) {
      const wrong = ['sources', 'metrics'].includes(parameter) ? { a: 1 } : ['1', '2']
      const refused = asked(store, name, { [parameter]: wrong })
      await expect(refused).rejects.toMatchObject({
        code: 'QUERY',
        message: expect.stringMatching(new RegExp(`^${parameter} must be `))
      })
    }
  })
})

it.each([
  ['lines', { limit: '0' }, 'limit must be a whole number from 1 to 100000'],
  ['lines', { from: 'soon' }, 'from must be a time: ISO 8601, or milliseconds since 1970'],
  ['count', { by: 'week' }, 'by must be one of minute, hour, day'],
  ['lines', { where: 'x'.repeat(10_001) }, 'where must be one text of at most 10000 characters'],
  ['stats', { stats: 'count by' }, 'Here `by` and fields are expected'],
  ['extent', { form: '1' }, 'there is no parameter form']
])('a wrong parameter of %s, %o, is met with a sentence', async (name, parameters, message) => {
  using folder = temporaryFolder()
  const store = await openStore(folder.path, { formatFor: testFormat })
  await expect(asked(store, name, parameters)).rejects.toThrow(message)
  await store.close()
})

describe('a question that asks too much, or the wrong thing', () => {
  const folder = temporaryFolder()
  let store: Store
  beforeAll(async () => {
    store = await openStore(folder.path, { formatFor: testFormat, commitInterval: 1 })
    const words = { client: new TestDictionary('client 1'), path: new TestDictionary('path 1') }
    await store.write(
      testDelivery({ events: [testEvents([{ client: 'a', path: '/a', status: 200 }], words, START)] })
    )
  })
  afterAll(async () => {
    await store.close()
    folder[Symbol.dispose]()
  })
  const words = (count: number, between: string): string =>
    Array.from({ length: count }, (_, i) => `word${i}`).join(between)
  const OF_SQL = 'docs/query.md has the view `log` and the tables that a SELECT may name.'
  const SYNTAX = 'The caret marks the character; docs/query.md has the syntax.'

  it.each([
    [
      '3,000 parentheses',
      'lines',
      { where: `${'('.repeat(3000)}a${')'.repeat(3000)}` },
      /^A query may be nested 100 deep[^]*\n *\^$/,
      SYNTAX
    ],
    [
      '2,400 negations',
      'count',
      { where: `${'NOT '.repeat(2400)}a` },
      /^A query may be nested 100 deep[^]*\n *\^$/,
      SYNTAX
    ],
    ['a long text', 'lines', { where: 'x'.repeat(10_001) }, /at most 10000 characters/, 'Shorten it.'],
    [
      'many words',
      'lines',
      { where: words(300, ' ') },
      /each is looked for in each field with text/,
      'Name the field, as in `path:basket`, or put in quotes what stands together: `"GET /basket"`.'
    ],
    [
      'a repetition',
      'lines',
      { where: 'path:/(a{500}){3}/' },
      /^a regular expression may repeat something 1,000 times at most/,
      'Repeat less, or write `*` or `+`.'
    ],
    [
      'another parameter',
      'lines',
      { form: '1' },
      /no parameter form/,
      'docs/api.md has the questions, and what each may be asked.'
    ],
    [
      'SQL that is none',
      'sql',
      { sql: 'selec 1' },
      /^Parser Error: syntax error at or near "selec"\nLINE 1: selec 1\n {8}\^$/,
      OF_SQL
    ],
    [
      'SQL of a table that is not there',
      'sql',
      { sql: 'select 1 from nowhere' },
      /^Catalog Error: [^]*\nLINE 1: select 1 from nowhere\n *\^$/,
      OF_SQL
    ],
    ['no SQL', 'sql', { sql: ' ' }, /^Here one statement is expected\.$/, OF_SQL],
    ['SQL that fails', 'sql', { sql: "select error('no space left on device')" }, /no space left/, OF_SQL]
  ])('%s', async (_name, question, parameters, message, remedy) => {
    await expect(asked(store, question, parameters)).rejects.toMatchObject({
      code: 'QUERY',
      message: expect.stringMatching(message),
      remedy
    })
  })

  it.each([
    ['numbers of more than 64 bits', 'NOT status:>99999999999999999999 AND NOT status:-9223372036854775809'],
    ['many words of which one may be there', `${words(300, ' OR ')} OR path:/a`],
    ['as much nested as may be', `${'NOT '.repeat(100)}path:/a`]
  ])('%s are answered', async (_name, where) => {
    expect(await asked(store, 'count', { where })).toMatchObject({ counts: [{ count: 1 }] })
  })
})

describe('an engine that keeps no lines', () => {
  const NO_LINES = {
    formatFor: testFormat,
    commitInterval: 1,
    engine: { name: 'counting', keepsLines: false }
  }
  const OF_LINES = ['lines', 'count', 'stats', 'signatures'] as const
  const rollup: Rollup = new Map()
  addKey(cellOf(rollup, START, 'web', 'path'), '/', 3, 0)

  it('leaves questions about lines without an answer, also for those who ask later', async () => {
    using folder = temporaryFolder()
    let store = await openStore(folder.path, NO_LINES)
    await store.write(testDelivery({ rollup: toRows(rollup) }))
    await store.close()
    store = await openStore(folder.path, { formatFor: testFormat })
    for (const name of OF_LINES)
      await expect(asked(store, name)).rejects.toMatchObject({
        code: 'NO_LINES',
        message: 'the engine counting keeps no lines'
      })
    await expect(store.sql({ sql: 'select count(*) from log' })).rejects.toMatchObject({ code: 'NO_LINES' })
    expect(await store.sql({ sql: 'select count from rollups' })).toMatchObject({ rows: [[3]] })
    expect(await store.extent()).toEqual({ first: START, last: START })
    expect(await asked(store, 'rejected')).toEqual({ rejected: [] })
    await store.close()
    store = await openStore(folder.path, {
      formatFor: testFormat,
      engine: { name: 'embedded', keepsLines: true }
    })
    expect(await store.lines()).toEqual([])
    await store.close()
  })

  it('answers for the lines of an earlier one, up to the last of them', async () => {
    using folder = temporaryFolder()
    let store = await openStore(folder.path, { formatFor: testFormat, commitInterval: 1 })
    const words = { client: new TestDictionary('client 1'), path: new TestDictionary('path 1') }
    const events = testEvents([{ client: 'a', path: '/', status: 200 }], words, START)
    await store.write(testDelivery({ events: [events] }))
    await store.close()
    store = await openStore(folder.path, NO_LINES)
    expect(await store.lines()).toHaveLength(1)
    expect(await store.count({ from: START })).toHaveLength(1)
    await expect(store.lines({ from: START + HOUR })).rejects.toThrow(
      'the engine counting keeps no lines of that time'
    )
    await store.close()
  })
})

describe('a made-up question', () => {
  const largest = question({
    summary: 'The longest text that was ever seen.',
    parameters: z =>
      z.strictObject({ field: z.string({ error: 'must be a field' }).describe('Of which field.') }),
    needsLines: false,
    async read({ connection }, { field }) {
      const rows = await select(
        connection,
        `select value from dictionary where field in (select id from fields where name = $1)
         order by length(value) desc limit 1`,
        [field]
      )
      return rows.map(([value]) => String(value))
    },
    api: {
      access: 'page',
      answer: texts => ({ texts })
    }
  })
  const list: Questions = { ...QUESTIONS, largest }

  it('is one entry: the store, HTTP and the documentation have it', async () => {
    using folder = temporaryFolder()
    const store = await openStore(folder.path, { formatFor: testFormat, commitInterval: 1 })
    const words = { client: new TestDictionary('client 1'), path: new TestDictionary('path 1') }
    const events = testEvents([{ client: 'a', path: '/long', status: 200 }], words)
    await store.write(testDelivery({ events: [events] }))
    // The store's thread has the shipped list: the made-up one is read by what SQL gives.
    const read = async (parameters: object): Promise<unknown> =>
      readQuestion(
        largest,
        {
          connection: Object.assign(Object.create(null), {
            runAndReadAll: async (sql: string, [field]: string[]) => {
              const { rows } = await store.sql({ sql: sql.replace('$1', `'${field}'`) })
              return { getRows: () => rows }
            }
          }),
          connect: () => Promise.reject(new Error('not here')),
          derive: () => Promise.resolve(),
          now: 0
        },
        parameters
      )
    const server = fastify()
    addAnswers(
      server,
      answersOf(Object.assign({ ...store }, { largest: read }), list),
      publicQuestions('page', list)
    )
    expect((await server.inject('/largest?field=path')).json()).toEqual({ texts: ['/long'] })
    await expect(server.inject('/largest').then(answer => answer.json())).resolves.toMatchObject({
      message: 'field must be a field'
    })
    expect(apiPage(list)).toContain('The longest text that was ever seen.')
    await server.close()
    await store.close()
  })
})
